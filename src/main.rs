//! The program `raccordo`; see [`raccordo::cli`].

fn main() -> std::process::ExitCode {
    raccordo::cli::main()
}
