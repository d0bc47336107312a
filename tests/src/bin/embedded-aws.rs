//! The embedded AWS alone, for functions that are killed beside it: `embedded-aws FOLDER [FATE]`, on the listener that
//! is its standard input.

use std::error::Error;
use std::io::stdin;
use std::net::TcpListener;
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use wasurena_tests::region::{Fate, serve};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("give the folder")?);
    let fate: Option<Fate> = arguments.next().map(|fate| fate.to_string_lossy().parse()).transpose()?;
    let listener = TcpListener::from(stdin().as_fd().try_clone_to_owned()?);
    serve(listener, &folder, fate).await
}
