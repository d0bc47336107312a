//! The embedded AWS through the real SDK clients.

mod capacity;
mod dynamodb;
mod faults;
mod gate;
mod restart;
mod scheduler;
mod ses;
mod ssm;
mod streams;

use std::path::Path;
use std::sync::Arc;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, StreamSpecification, StreamViewType,
};
use chrono::{DateTime, Utc};
use tempfile::TempDir;

use super::{Aws, Fault, How, VirtualClock};

/// A table with a sparse KEYS_ONLY index and a stream.
const TABLE: &str = "things";

/// A cloud in a folder that goes with it.
struct Cloud {
    aws: Aws,
    clock: Arc<VirtualClock>,
    dynamodb: aws_sdk_dynamodb::Client,
    folder: TempDir,
}

impl Cloud {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (aws, clock) = open(folder.path());
        let dynamodb = dynamodb_client(&aws);
        Self { aws, clock, dynamodb, folder }
    }

    async fn with_table() -> Self {
        let cloud = Self::new();
        create_table(&cloud.dynamodb).await;
        cloud
    }

    fn fault(&self, call: &str, how: How, times: u32) {
        let fault = Fault { call: call.into(), how, times: Some(times), until: None, rate: None };
        self.aws.faults().add(fault).unwrap();
    }

    fn calls(&self, name: &str) -> u64 {
        self.aws.usage().calls.get(name).copied().unwrap_or(0)
    }
}

fn start() -> DateTime<Utc> {
    "2026-04-01T00:00:00Z".parse().unwrap()
}

fn open(folder: &Path) -> (Aws, Arc<VirtualClock>) {
    let clock = Arc::new(VirtualClock::frozen(start()));
    (Aws::open(folder, Arc::clone(&clock) as _).unwrap(), clock)
}

/// A client whose retries no other test can use up: the SDK shares its budget
/// for retries among all clients of a process.
fn dynamodb_client(aws: &Aws) -> aws_sdk_dynamodb::Client {
    let partition = format!("{:p}", Arc::as_ptr(&aws.inner));
    let config = aws_sdk_dynamodb::config::Builder::from(&aws.sdk_config())
        .retry_partition(aws_sdk_dynamodb::config::retry::RetryPartition::new(partition))
        .build();
    aws_sdk_dynamodb::Client::from_conf(config)
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

async fn create_table(client: &aws_sdk_dynamodb::Client) {
    let attribute = |name: &str| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let key =
        |name: &str, kind: KeyType| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let index = GlobalSecondaryIndex::builder()
        .index_name("due")
        .key_schema(key("lane", KeyType::Hash))
        .key_schema(key("due", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .unwrap();
    client
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(["pk", "sk", "lane", "due"].map(attribute).into()))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .global_secondary_indexes(index)
        .stream_specification(
            StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(StreamViewType::NewAndOldImages)
                .build()
                .unwrap(),
        )
        .send()
        .await
        .unwrap();
}

async fn put(client: &aws_sdk_dynamodb::Client, sk: &str) {
    client.put_item().table_name(TABLE).item("pk", text("a")).item("sk", text(sk)).send().await.unwrap();
}
