//! What is embedded into the binary besides code: the crate is compiled again when it changes.

fn main() {
    for folder in ["migrations", "web/dist", "data/reference"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
