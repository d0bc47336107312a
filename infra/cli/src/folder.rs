//! A programme's folder on disk: which of its files are read, and how.

use anyhow::Context;
use encoding_rs::{Encoding, SHIFT_JIS, UTF_8};
use std::fs;
use std::path::Path;
use wasurena_letters::{SHOP_FILE, is_programme_file, missing_frames, product_files_of};

/// Files of a programme: path inside its folder, with `/`, to text.
pub(crate) type Texts = Vec<(String, String)>;

/// All files of a folder with settings, products and a programme.
pub(crate) fn everything(folder: &Path) -> anyhow::Result<Texts> {
    let mut files = programme(folder)?;
    if folder.join(SHOP_FILE).is_file() {
        let settings = text(&folder.join(SHOP_FILE))?;
        files.extend(products(folder, &settings)?);
        files.push((SHOP_FILE.to_owned(), settings));
    }
    anyhow::ensure!(
        !files.is_empty(),
        "{} holds no programme: name the folder with shop.toml and programme.toml",
        folder.display()
    );
    Ok(files)
}

/// The programme's own files in a folder, everything but settings and products; with the built-in frames where it has none.
pub(crate) fn programme(folder: &Path) -> anyhow::Result<Texts> {
    let mut files = Vec::new();
    for part in [folder.to_owned(), folder.join("letters")] {
        if part != folder && !part.is_dir() {
            continue;
        }
        let entries =
            fs::read_dir(&part).with_context(|| format!("{} cannot be read: is it a folder?", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let inside = path.strip_prefix(folder)?.components().map(|c| c.as_os_str().to_string_lossy());
            let name = inside.collect::<Vec<_>>().join("/");
            if is_programme_file(&name) && path.is_file() {
                files.push((name, text(&path)?));
            }
        }
    }
    files.extend(missing_frames(&files));
    Ok(files)
}

/// The product files that settings name, as far as they are there; which are missing is for the check to say.
pub(crate) fn products(folder: &Path, settings: &str) -> anyhow::Result<Texts> {
    let named = product_files_of(settings).into_iter().map(|name| (folder.join(&name), name));
    named.filter(|(path, _)| path.is_file()).map(|(path, name)| Ok((name, table(&path)?))).collect()
}

/// A text file in UTF-8.
pub(crate) fn text(path: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    String::from_utf8(bytes).ok().with_context(|| format!("{} is not UTF-8 text", path.display()))
}

/// A table, in UTF-8 or as Excel saves one in Japan.
pub(crate) fn table(path: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mend = "save it as CSV UTF-8";
    decoded(&bytes).with_context(|| format!("{} is neither UTF-8 nor Shift_JIS (CP932): {mend}", path.display()))
}

/// Text in UTF-8, in what its byte order mark says, or else in CP932, the Shift_JIS of Windows.
fn decoded(bytes: &[u8]) -> Option<String> {
    let by_mark = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let candidates = by_mark.map_or_else(|| vec![UTF_8, SHIFT_JIS], |encoding| vec![encoding]);
    candidates.into_iter().find_map(|encoding| match encoding.decode(bytes) {
        (text, _, false) => Some(text.into_owned()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_as_spreadsheets_save_them() {
        let header = "商品ID,商品名,①";
        let (cp932, _, _) = SHIFT_JIS.encode(header);
        let utf16: Vec<u8> = [0xFEFF_u16].into_iter().chain(header.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [header.as_bytes(), &[b"\xEF\xBB\xBF", header.as_bytes()].concat(), &cp932, &utf16] {
            assert_eq!(decoded(bytes).as_deref(), Some(header), "{bytes:?}");
        }
        assert_eq!(decoded(b"\xFF\xFF\x80\x80"), None);
    }
}
