//! State files: whole or not there.

use sdk_transfer::{SaveState, StateFile};

use crate::server::Folder;

#[test]
fn a_state_is_read_back_as_it_was_saved_and_a_missing_one_is_none() {
    let folder = Folder::new("state");
    let file = StateFile::new(folder.0.join("job.json"));
    assert_eq!(file.load::<Vec<u32>>().unwrap(), None);
    file.save(&vec![1, 2]).unwrap();
    let save: SaveState<Vec<u32>> = file.clone().into();
    save.save(&vec![1, 2, 3]).unwrap();
    assert_eq!(file.load::<Vec<u32>>().unwrap(), Some(vec![1, 2, 3]));
    assert_eq!(folder.names(), ["job.json"]);
    file.remove().unwrap();
    file.remove().unwrap();
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn a_file_that_holds_something_else_is_an_error_that_names_it() {
    let folder = Folder::new("other");
    let file = StateFile::new(folder.0.join("job.json"));
    std::fs::write(file.path(), "{\"half").unwrap();
    let error = file.load::<Vec<u32>>().unwrap_err();
    assert!(error.to_string().contains("job.json"), "{error}");
}
