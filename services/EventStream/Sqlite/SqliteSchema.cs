namespace CloudNative.EventStream.Sqlite;

/// <summary>The tables of an event stream database. Times are ms since 1970, topics and groups stand as text.</summary>
internal static class SqliteSchema
{
    // AUTOINCREMENT: a sequence number must not come again after the newest records were trimmed, or a group would skip it.
    public const string Text =
        """
        CREATE TABLE IF NOT EXISTS shard (
            id INTEGER PRIMARY KEY, topic TEXT NOT NULL, number INTEGER NOT NULL, UNIQUE (topic, number));
        CREATE TABLE IF NOT EXISTS record (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, shard INTEGER NOT NULL, arrived INTEGER NOT NULL,
            partition_key TEXT NOT NULL, data BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS record_by_shard ON record (shard, sequence);
        CREATE TABLE IF NOT EXISTS checkpoint (
            consumer_group TEXT NOT NULL, shard INTEGER NOT NULL, sequence INTEGER NOT NULL,
            PRIMARY KEY (consumer_group, shard)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS set_aside (
            consumer_group TEXT NOT NULL, shard INTEGER NOT NULL, partition_key TEXT NOT NULL, sequence INTEGER NOT NULL,
            arrived INTEGER NOT NULL, failed_attempts INTEGER NOT NULL, data BLOB NOT NULL);
        CREATE UNIQUE INDEX IF NOT EXISTS set_aside_by_key ON set_aside (consumer_group, shard, partition_key, sequence);
        CREATE INDEX IF NOT EXISTS set_aside_by_sequence ON set_aside (consumer_group, sequence);
        """;
}
