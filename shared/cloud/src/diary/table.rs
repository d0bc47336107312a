//! The table itself, as the template creates it on AWS and the embedded cloud on a laptop.

use super::keys::{DUE_PK, DUE_SK, PK, SK};
use super::{DUE_INDEX, Diary, DiaryError};
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, StreamSpecification, StreamViewType,
};

impl Diary {
    /// Creates the table where it does not exist: on demand, with a stream of new images (an old one
    /// would show what was just erased) and the
    /// sparse KEYS_ONLY index of what is due.
    ///
    /// # Errors
    /// [`DiaryError::Unavailable`] where DynamoDB does not create it.
    pub async fn create_table(&self) -> Result<(), DiaryError> {
        let build = |error: aws_sdk_dynamodb::error::BuildError| DiaryError::build(&error);
        let index = GlobalSecondaryIndex::builder()
            .index_name(DUE_INDEX)
            .set_key_schema(Some(schema(DUE_PK, DUE_SK).map_err(build)?))
            .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
            .build()
            .map_err(build)?;
        let stream = StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::NewImage)
            .build()
            .map_err(build)?;
        let request = self
            .client
            .create_table()
            .table_name(&self.table)
            .billing_mode(BillingMode::PayPerRequest)
            .set_attribute_definitions(Some(definitions(&[PK, SK, DUE_PK, DUE_SK]).map_err(build)?))
            .set_key_schema(Some(schema(PK, SK).map_err(build)?))
            .global_secondary_indexes(index)
            .stream_specification(stream);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(CreateTableError::ResourceInUseException(_)) => Ok(()),
                _ => Err(DiaryError::call(&error)),
            },
        }
    }
}

type Built<T> = Result<Vec<T>, aws_sdk_dynamodb::error::BuildError>;

fn schema(partition: &str, sort: &str) -> Built<KeySchemaElement> {
    let element = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    Ok(vec![element(partition, KeyType::Hash)?, element(sort, KeyType::Range)?])
}

fn definitions(names: &[&str]) -> Built<AttributeDefinition> {
    let text = ScalarAttributeType::S;
    names
        .iter()
        .map(|name| AttributeDefinition::builder().attribute_name(*name).attribute_type(text.clone()).build())
        .collect()
}
