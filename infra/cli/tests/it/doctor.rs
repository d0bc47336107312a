//! `wasurena doctor` at a running `wasurena up`, with a DNS of its own.

use crate::support::Up;
use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, MX, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::thread::JoinHandle;

/// A name server that knows these records, and ends with the test.
struct NameServer {
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

/// The records of a name and kind.
type Zone = BTreeMap<(&'static str, RecordType), Vec<RData>>;

impl NameServer {
    fn start(zone: Zone) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let (length, from) = socket.recv_from(&mut buffer).unwrap();
                // Nobody asks with nothing: it is the end.
                if length == 0 {
                    return;
                }
                let asked = Message::from_vec(&buffer[..length]).unwrap();
                socket.send_to(&answer(&zone, &asked).to_vec().unwrap(), from).unwrap();
            }
        });
        Self { address, thread: Some(thread) }
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.send_to(&[], self.address).unwrap();
        self.thread.take().unwrap().join().unwrap();
    }
}

fn answer(zone: &Zone, asked: &Message) -> Message {
    let query = asked.queries[0].clone();
    let mut answer = Message::response(asked.metadata.id, asked.metadata.op_code);
    let name = query.name().to_ascii();
    let of_kind = |kind| zone.get(&(name.trim_end_matches('.'), kind));
    let records = of_kind(query.query_type()).cloned().unwrap_or_default();
    if !zone.keys().any(|(known, _)| *known == name.trim_end_matches('.')) {
        answer.metadata.response_code = ResponseCode::NXDomain;
    }
    for data in records {
        answer.add_answer(Record::from_rdata(query.name().clone(), 60, data));
    }
    answer.queries.push(query);
    answer
}

fn text(says: &str) -> RData {
    RData::TXT(TXT::new(vec![says.to_owned()]))
}

fn mail_server(name: &str) -> RData {
    RData::MX(MX::new(10, Name::from_ascii(name).unwrap()))
}

/// A zone in which everything is as it should be.
fn sound() -> Zone {
    Zone::from([
        (("_dmarc.example.jp", RecordType::TXT), vec![text("v=DMARC1; p=none; rua=mailto:owner@example.jp")]),
        (("bounce.sakura.example.jp", RecordType::TXT), vec![text("v=spf1 include:amazonses.com ~all")]),
        (("sakura.example.jp", RecordType::MX), vec![mail_server("mail.example.jp.")]),
    ])
}

/// What the doctor says of the sample shop, and whether it found it sound.
fn doctor(up: &Up, zone: Option<Zone>) -> (bool, String) {
    let server = zone.map(NameServer::start);
    // A port on which nobody listens any more answers nothing.
    let address = server
        .as_ref()
        .map_or_else(|| UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap(), |server| server.address);
    let output = Command::new(env!("CARGO_BIN_EXE_wasurena"))
        .args(["doctor", "sakura", "--dns", &address.to_string(), "--local", &up.url])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.success(), said)
}

#[test]
fn a_shop_whose_mails_go_out_and_arrive_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let up = Up::start(folder.path());
    let (is_sound, said) = doctor(&up, Some(sound()));
    insta::assert_snapshot!(said);
    assert!(is_sound);
}

#[test]
fn what_the_dns_lacks_is_said_with_what_to_enter() {
    let folder = tempfile::tempdir().unwrap();
    let up = Up::start(folder.path());
    let (is_sound, said) = doctor(&up, Some(Zone::new()));
    assert!(!is_sound);
    for part in [
        "!!  DMARC",
        "enter at _dmarc.sakura.example.jp a TXT record: \"v=DMARC1; p=none; rua=mailto:…\"",
        "!  SPF",
        "enter at bounce.sakura.example.jp a TXT record: \"v=spf1 include:amazonses.com ~all\"",
        "!!  replies",
        "3 of 15 things need a look",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn records_that_undo_each_other_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let up = Up::start(folder.path());
    let mut zone = sound();
    zone.entry(("_dmarc.example.jp", RecordType::TXT)).or_default().push(text("v=DMARC1; p=reject"));
    zone.entry(("bounce.sakura.example.jp", RecordType::TXT)).or_default().push(text("v=spf1 -all"));
    // RFC 7505: a domain that takes no mail.
    zone.insert(("sakura.example.jp", RecordType::MX), vec![mail_server(".")]);
    let (is_sound, said) = doctor(&up, Some(zone));
    assert!(!is_sound);
    for part in ["says several things", "has several records", "says that it takes no mail"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_domain_without_mx_takes_mail_at_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let up = Up::start(folder.path());
    let mut zone = sound();
    zone.remove(&("sakura.example.jp", RecordType::MX));
    zone.insert(("sakura.example.jp", RecordType::A), vec![RData::A(A::new(192, 0, 2, 1))]);
    let (is_sound, said) = doctor(&up, Some(zone));
    assert!(is_sound && said.contains("sakura.example.jp takes mail, without an MX record"), "{said}");
}

#[test]
fn where_no_dns_answers_it_says_what_to_ask_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let up = Up::start(folder.path());
    let (is_sound, said) = doctor(&up, None);
    assert!(is_sound, "what is not known is not ill: {said}");
    for part in ["dig +short TXT _dmarc.sakura.example.jp", "dig +short MX sakura.example.jp"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
