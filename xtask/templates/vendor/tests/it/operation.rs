#[tokio::test]
async fn acme_operation_decodes_what_the_schema_promises() {
    let setup = Setup::start().await;
    let operation = queries::AcmeOperation::new();
    setup.client.execute(operation).await.unwrap();
    assert_eq!(setup.vendor.counts().api_requests, 1);
}
