//! The domain is pure: it pulls in nothing that could reach the network or the clock.

use std::process::Command;

#[test]
fn no_network_and_no_runtime_is_pulled_in() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "-p", env!("CARGO_PKG_NAME"), "-e", "normal", "--prefix", "none", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && tree.starts_with("wasurena-domain "),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let impure = |name: &&str| {
        ["aws-", "aws_", "lambda_", "wasurena-"].iter().any(|prefix| name.starts_with(prefix))
            || ["tokio", "reqwest", "hyper", "fastrand", "rand", "getrandom", "tracing"].contains(name)
    };
    let names = tree.lines().skip(1).filter_map(|line| line.split(' ').next());
    assert_eq!(names.filter(impure).collect::<Vec<_>>(), Vec::<&str>::new());
}
