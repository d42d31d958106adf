//! News of a record at once, where polling would bring it a little later; nothing depends on them.

use std::collections::HashMap;
use std::future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_core::Stream as _;
use redis::Client;
use tokio::sync::watch;
use tokio::time::timeout;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);

/// How long a subscription is kept that nobody waits for.
const IDLE: Duration = Duration::from_secs(30);

/// How long after the start of a subscription that has ended the next one may start.
const PAUSE: Duration = Duration::from_secs(5);

/// The channels that are listened to, each over a connection of its own while somebody waits.
#[derive(Default)]
pub(super) struct Hints {
    subscriptions: Mutex<HashMap<String, Subscription>>,
}

struct Subscription {
    news: watch::Receiver<()>,
    since: Instant,
}

impl Subscription {
    fn is_alive(&self) -> bool {
        self.news.has_changed().is_ok()
    }
}

impl Hints {
    /// Waits for the next message on a channel, for ever if the server cannot be listened to.
    pub(super) async fn next(&self, client: &Client, channel: String) {
        if self.listen(client, channel).changed().await.is_err() {
            future::pending::<()>().await;
        }
    }

    fn listen(&self, client: &Client, channel: String) -> watch::Receiver<()> {
        let mut subscriptions = self
            .subscriptions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = subscriptions.get(&channel);
        if let Some(known) = known.filter(|it| it.is_alive() || it.since.elapsed() < PAUSE) {
            let mut news = known.news.clone();
            news.mark_unchanged();
            return news;
        }
        let (sender, news) = watch::channel(());
        tokio::spawn(subscribe(client.clone(), channel.clone(), sender));
        let subscription = Subscription {
            news: news.clone(),
            since: Instant::now(),
        };
        subscriptions.insert(channel, subscription);
        news
    }
}

/// Tells of every message, until the connection is lost or nobody has waited for a while.
async fn subscribe(client: Client, channel: String, news: watch::Sender<()>) {
    let Ok(Ok(mut connection)) = timeout(CONNECT, client.get_async_pubsub()).await else {
        return;
    };
    if !matches!(
        timeout(CONNECT, connection.subscribe(&channel)).await,
        Ok(Ok(()))
    ) {
        return;
    }
    // What happened before the subscription is news, too.
    news.send_replace(());
    let mut messages = pin!(connection.into_on_message());
    loop {
        let next = future::poll_fn(|context| messages.as_mut().poll_next(context));
        match timeout(IDLE, next).await {
            Ok(Some(_)) => {
                news.send_replace(());
            }
            Ok(None) => return,
            // One is kept with the subscription.
            Err(_) if news.receiver_count() <= 1 => return,
            Err(_) => {}
        }
    }
}
