//! The stream as Lambda would deliver it.

use aws_lambda_events::event::dynamodb::StreamViewType;

use super::{Cloud, TABLE, put, start, text};
use crate::aws::StreamError;

const READERS: [&str; 2] = ["plan", "alarm"];

#[tokio::test]
async fn records_carry_both_images_in_order() {
    let cloud = Cloud::with_table().await;
    put(&cloud.dynamodb, "1").await;
    let update = cloud.dynamodb.update_item().table_name(TABLE).key("pk", text("a")).key("sk", text("1"));
    update.update_expression("SET x = :x").expression_attribute_values(":x", text("y")).send().await.unwrap();
    cloud.dynamodb.delete_item().table_name(TABLE).key("pk", text("a")).key("sk", text("1")).send().await.unwrap();

    let records = cloud.aws.streams().records_after(TABLE, None, 100).unwrap();
    let names: Vec<_> = records.iter().map(|record| record.event_name.as_str()).collect();
    assert_eq!(names, ["INSERT", "MODIFY", "REMOVE"]);
    let sizes: Vec<_> =
        records.iter().map(|record| (record.change.old_image.len(), record.change.new_image.len())).collect();
    assert_eq!(sizes, [(0, 2), (2, 3), (3, 0)]);
    let first = &records[0];
    assert_eq!(first.change.stream_view_type, Some(StreamViewType::NewAndOldImages));
    assert_eq!(first.change.approximate_creation_date_time, start());
    assert_eq!((first.aws_region.as_str(), first.event_source.as_deref()), ("ap-northeast-1", Some("aws:dynamodb")));
    assert!(first.event_source_arn.as_deref().unwrap().contains("table/things/stream/"));
}

#[tokio::test]
async fn reading_goes_on_from_a_position() {
    let cloud = Cloud::with_table().await;
    for sk in ["1", "2", "3"] {
        put(&cloud.dynamodb, sk).await;
    }
    let streams = cloud.aws.streams();
    let first = streams.records_after(TABLE, None, 2).unwrap();
    let position = first[1].change.sequence_number.clone().unwrap();
    let rest = streams.records_after(TABLE, Some(&position), 100).unwrap();
    assert_eq!((first.len(), rest.len()), (2, 1));
    let end = rest[0].change.sequence_number.clone().unwrap();
    assert!(streams.records_after(TABLE, Some(&end), 100).unwrap().is_empty());
    assert!(matches!(streams.records_after(TABLE, Some("7"), 1), Err(StreamError::Position(_))));
    assert!(matches!(streams.records_after("nowhere", None, 1), Err(StreamError::Read(_))));
}

#[tokio::test]
async fn trimming_waits_for_the_slowest_reader_and_keeps_the_newest() {
    let cloud = Cloud::with_table().await;
    for sk in ["1", "2", "3"] {
        put(&cloud.dynamodb, sk).await;
    }
    let streams = cloud.aws.streams();
    let positions: Vec<String> = streams
        .records_after(TABLE, None, 100)
        .unwrap()
        .into_iter()
        .map(|record| record.change.sequence_number.unwrap())
        .collect();
    let kept = || streams.records_after(TABLE, None, 100).unwrap().len();

    streams.save_position(TABLE, READERS[0], &positions[2]).unwrap();
    assert_eq!((streams.trim(TABLE, &READERS).unwrap(), kept()), (0, 3), "one reader has not begun");
    streams.save_position(TABLE, READERS[1], &positions[0]).unwrap();
    assert_eq!((streams.trim(TABLE, &READERS).unwrap(), kept()), (1, 2));
    streams.save_position(TABLE, READERS[1], &positions[2]).unwrap();
    assert_eq!((streams.trim(TABLE, &READERS).unwrap(), kept()), (1, 1), "the newest stays");
    assert_eq!(streams.trim(TABLE, &[]).unwrap(), 0);

    put(&cloud.dynamodb, "4").await;
    let next = streams.records_after(TABLE, Some(&positions[2]), 100).unwrap();
    assert_eq!(next.len(), 1);
    assert!(next[0].change.sequence_number.as_deref() > Some(positions[2].as_str()));
}

#[tokio::test]
async fn a_position_never_goes_back() {
    let cloud = Cloud::with_table().await;
    let streams = cloud.aws.streams();
    assert_eq!(streams.position(TABLE, "plan").unwrap(), None);
    for sequence in ["100000000000000000009", "100000000000000000005"] {
        streams.save_position(TABLE, "plan", sequence).unwrap();
    }
    assert_eq!(streams.position(TABLE, "plan").unwrap().as_deref(), Some("100000000000000000009"));
    assert_eq!(streams.position(TABLE, "alarm").unwrap(), None);
}

#[tokio::test]
async fn trimming_beside_writing_loses_nothing() {
    let cloud = Cloud::with_table().await;
    let streams = cloud.aws.streams().clone();
    let reading = std::thread::spawn(move || {
        let mut seen = 0;
        let mut position: Option<String> = None;
        while seen < 300 {
            for record in streams.records_after(TABLE, position.as_deref(), 10).unwrap() {
                seen += 1;
                position = record.change.sequence_number;
            }
            if let Some(position) = &position {
                streams.save_position(TABLE, "plan", position).unwrap();
                streams.trim(TABLE, &["plan"]).unwrap();
            }
        }
        seen
    });
    for number in 0..300 {
        put(&cloud.dynamodb, &number.to_string()).await;
    }
    assert_eq!(reading.join().unwrap(), 300);
}
