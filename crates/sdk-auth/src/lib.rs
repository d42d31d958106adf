//! Credentials in, authenticated HTTP out: OAuth 2.0 client credentials in every dialect the vendors speak.
