//! The program `raccordo`; see [`raccordo::cli`].

// The schema is one type made of many: its answer is one deeply nested future.
#![recursion_limit = "512"]

fn main() -> std::process::ExitCode {
    raccordo::cli::main()
}
