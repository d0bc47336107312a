//! Lists the built-in programmes and frames, so that adding a letter is adding a file: everything below `programmes/` and
//! `frames/` is part of the program, by its folder and its path.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let home = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    let mut source = String::new();
    for (folder, what) in [("programmes", "PROGRAMMES"), ("frames", "FRAMES")] {
        println!("cargo::rerun-if-changed={folder}");
        list(&home.join(folder), what, &mut source)?;
    }
    fs::write(out.join("built_in.rs"), source)
}

/// Writes one constant: each folder, and its files by their paths inside it.
fn list(folder: &Path, what: &str, source: &mut String) -> io::Result<()> {
    let _infallible = writeln!(source, "const {what}: &[Folder] = &[");
    for inside in entries(folder)?.iter().filter(|path| path.is_dir()) {
        let name = inside.file_name().unwrap_or_default().to_string_lossy();
        let _infallible = writeln!(source, "({name:?}, &[");
        for file in files(inside)? {
            let path = file.strip_prefix(inside).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            let _infallible = writeln!(source, "({path:?}, include_str!({:?})),", file.to_string_lossy());
        }
        source.push_str("]),\n");
    }
    source.push_str("];\n");
    Ok(())
}

/// All files of a folder and the folders in it.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

/// What is in a folder, in the order of names, but for what an editor left there.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let paths: io::Result<Vec<PathBuf>> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect();
    let is_hidden = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with('.') || name.ends_with('~')
    };
    let mut paths: Vec<PathBuf> = paths?.into_iter().filter(|path| !is_hidden(path)).collect();
    paths.sort();
    Ok(paths)
}
