// What every audit prints: a line for each rule that failed, then how many held.

/**
 * Runs the rules one after another and reports.
 * @param {{ rule: string, check: () => Promise<void> }[]} rules each check throws what was expected and got
 * @returns {Promise<boolean>} whether every rule holds
 */
export async function report(rules) {
  let held = 0;
  for (const [index, { rule, check }] of rules.entries()) {
    try {
      await check();
      held += 1;
    } catch (error) {
      console.log(`failed ${index + 1}: ${rule}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  console.log(`${held} of ${rules.length}`);
  return held === rules.length;
}

/** The value of a script's argument, or its usage and the end. */
export function argument(position, usage) {
  const value = process.argv[position + 1];
  if (value === undefined) {
    console.error(`usage: node ${usage}`);
    process.exit(2);
  }
  return value;
}

/** Whether this module is the script that was started. */
export function started(meta) {
  return process.argv[1] !== undefined && meta.url === new URL(process.argv[1], 'file:').href;
}
