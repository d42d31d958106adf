//! State files: whole or not there.

use std::io;

use sdk_transfer::{LockError, SaveState, StateError, StateFile};

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

#[test]
fn an_error_of_saving_names_the_file_and_keeps_its_kind() {
    let file = StateFile::new("/nonexistent/job.json");
    let save: SaveState<u32> = file.clone().into();
    let error = save.save(&1).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    let inner = error
        .get_ref()
        .and_then(|it| it.downcast_ref::<StateError>());
    assert_eq!(inner.map(StateError::path), Some(file.path()));
    assert!(error.to_string().contains("job.json"), "{error}");
}

#[test]
fn only_one_run_at_a_time_has_a_state_and_the_lock_file_stays() {
    let folder = Folder::new("locked");
    let file = StateFile::new(folder.0.join("job.json"));
    let lock = file.lock().unwrap();
    let error = file.lock().unwrap_err();
    let LockError::Held(held) = &error else {
        panic!("{error}");
    };
    assert_eq!(held.path(), file.path());

    // Whatever may still save keeps the lock.
    let save: SaveState<u32> = lock.clone().into();
    drop(lock);
    assert!(matches!(file.lock(), Err(LockError::Held(_))));
    save.save(&7).unwrap();
    assert_eq!(file.load::<u32>().unwrap(), Some(7));
    drop(save);
    drop(file.lock().unwrap());
    file.remove().unwrap();
    assert_eq!(folder.names(), ["job.json.lock"]);
    let nowhere = StateFile::new("/nonexistent/job.json").lock();
    assert!(matches!(nowhere, Err(LockError::State(_))), "{nowhere:?}");
}

/// Syncing cannot be seen, but that the folder is opened for it can.
#[cfg(target_os = "linux")]
#[test]
fn the_folder_is_opened_once_a_saved_state_has_its_name() {
    use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};

    let folder = Folder::new("synced");
    let file = StateFile::new(folder.0.join("job.json"));
    let watch = inotify::init(CreateFlags::NONBLOCK).unwrap();
    let kinds = WatchFlags::OPEN | WatchFlags::MOVED_TO;
    inotify::add_watch(&watch, &folder.0, kinds).unwrap();
    file.save(&1).unwrap();

    let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
    let mut events = inotify::Reader::new(watch, &mut buffer);
    let mut seen = Vec::new();
    while let Ok(event) = events.next() {
        let name = event.file_name().map(|name| name.to_owned());
        seen.push((event.events(), name));
    }
    let named = seen.iter().position(|(kind, name)| {
        let is_job = name.as_deref().is_some_and(|name| name == c"job.json");
        kind.contains(ReadFlags::MOVED_TO) && is_job
    });
    let of_folder = ReadFlags::OPEN | ReadFlags::ISDIR;
    let after = &seen[named.unwrap()..];
    let opened = after
        .iter()
        .any(|(kind, name)| kind.contains(of_folder) && name.is_none());
    assert!(opened, "{seen:?}");
}
