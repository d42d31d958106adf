//! Writes a few responses to every operation into a folder, for fuzzing to start from.
//!
//! ```sh
//! cargo run --package sdk-fuzz -- FOLDER
//! ```

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use sdk_fuzz::graphql_response::first_cases;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("name a folder to write into")?;
    fs::create_dir_all(&folder)?;
    // Some have no nulls, some have nothing else.
    for seed in 0..4 {
        for (number, case) in first_cases(seed)?.iter().enumerate() {
            fs::write(folder.join(format!("first_{seed}_{number}")), case)?;
        }
    }
    Ok(())
}
