using System.Text;
using CloudNative.EventStream.Records;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CloudNative.EventStream.Sqlite;

/// <summary>The file cannot be written to for a while: what is not stored is said not to be, what was acknowledged stays, and it goes on by itself.</summary>
public sealed class WritingToABrokenDisk
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_full_disk_refuses_what_does_not_fit_and_takes_it_once_there_is_room()
    {
        using var folder = new TemporaryFolder();
        var options = new EventStreamOptions(folder.DatabaseFile) { ShardsPerTopic = 1 };
        var acknowledged = new List<string>();
        await using (var database = SqliteDatabase.Open(folder.DatabaseFile))
        {
            var store = SqliteShardStore.Load(database, options, TimeProvider.System);
            await AppendAsync(store, "first", acknowledged);
            await LimitPagesAsync(database, more: 20);

            var refusal = await Should.ThrowAsync<EventStreamUnavailableException>(async () =>
            {
                for (var n = 0; n < 1_000; n++)
                    await AppendAsync(store, $"before {n}", acknowledged);
            });
            refusal.InnerException.ShouldBeOfType<SqliteException>().SqliteErrorCode.ShouldBe(raw.SQLITE_FULL);
            (await Should.ThrowAsync<EventStreamUnavailableException>(() => AppendAsync(store, "still full", acknowledged)))
                .InnerException.ShouldBeOfType<SqliteException>().SqliteErrorCode.ShouldBe(raw.SQLITE_FULL);

            await LimitPagesAsync(database, more: 1_000_000);
            await AppendAsync(store, "after", acknowledged);
        }

        acknowledged.Count.ShouldBeGreaterThan(3);
        await using var reopened = SqliteDatabase.Open(folder.DatabaseFile);
        (await TextsAsync(SqliteShardStore.Load(reopened, options, TimeProvider.System))).ShouldBe(acknowledged);
    }

    [Fact]
    public async Task a_publish_that_cannot_be_written_fails_and_its_neighbours_and_subscribers_go_on()
    {
        await using var stream = new AnEventStream();
        var inbox = new Inbox();
        stream.Subscribe(inbox.Acknowledging());
        await stream.PublishAsync("a", """{"n":1}""");
        Run(stream, "CREATE TRIGGER broken BEFORE INSERT ON record WHEN NEW.partition_key = 'a' BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END");

        var broken = Should.ThrowAsync<EventStreamUnavailableException>(async () => await stream.PublishAsync("a", """{"n":2}"""));
        await stream.PublishAsync("b", """{"n":3}""");
        await broken;
        Run(stream, "DROP TRIGGER broken");
        await stream.PublishAsync("a", """{"n":4}""");

        (await inbox.NextAsync(3)).Order().ShouldBe(["""{"n":1}""", """{"n":3}""", """{"n":4}"""]);
        await stream.RestartAsync();
        var audit = new Inbox();
        stream.Subscribe(audit.Acknowledging(), group: "audit", start: InitialPosition.TrimHorizon);
        (await audit.NextAsync(3)).Order().ShouldBe(["""{"n":1}""", """{"n":3}""", """{"n":4}"""]);
    }

    [Fact]
    public async Task a_key_that_cannot_be_set_aside_holds_the_others_up_until_it_can()
    {
        await using var stream = new AnEventStream(configure: options => options with
        {
            ShardsPerTopic = 1,
            WindowRecords = 10,
            InitialBackoff = TimeSpan.FromMilliseconds(5),
            MaxBackoff = TimeSpan.FromMilliseconds(20),
            StoreRetryDelay = TimeSpan.FromMilliseconds(20),
        });
        Run(stream, "CREATE TRIGGER broken BEFORE INSERT ON set_aside BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END");
        var (healthy, attempts) = (new Inbox(), new Inbox());
        var failing = attempts.Answering(_ => DeliveryOutcome.Failed);
        for (var lane = 1; lane <= 4; lane++)
        {
            stream.Subscribe(
                (delivery, token) => delivery.Metadata["__partitionKey"] == "poison" ? failing(delivery, token) : healthy.Acknowledging()(delivery, token),
                topic: $"events/lane-{lane}");
        }

        await stream.PublishAsync("poison", """{"p":1}""");
        for (var n = 0; n < 50; n++)
            await stream.PublishAsync($"key-{n % 7}", $$"""{"n":{{n}}}""");
        await healthy.NextAsync(9);
        for (var attempt = 0; attempt < 30; attempt++)
            await attempts.NextAsync();
        healthy.Waiting.ShouldBe(0);

        Run(stream, "DROP TRIGGER broken");
        (await healthy.NextAsync(41)).Distinct().Count().ShouldBe(41);
    }

    private static async Task AppendAsync(SqliteShardStore store, string text, List<string> acknowledged)
    {
        await store.AppendAsync(new NewRecord("events", Encoding.UTF8.GetBytes(text.PadRight(4_000)), "key"), Cancellation);
        acknowledged.Add(text);
    }

    /// <summary>SQLite says "full" at this many pages exactly as it does when the disk has no more.</summary>
    private static Task LimitPagesAsync(SqliteDatabase database, long more) => database.WriteAsync(
        writer =>
        {
            var count = writer.Prepare("PRAGMA page_count");
            count.Step();
            var pages = count.GetInt64(0);
            count.Reset();
            writer.Prepare($"PRAGMA max_page_count = {pages + more}").Execute();
            return true;
        },
        committed: null,
        Cancellation);

    private static async Task<List<string>> TextsAsync(SqliteShardStore store)
    {
        var shard = ShardTail.IdOf(store.ShardRows.Single());
        var texts = new List<string>();
        for (var after = SequenceNumber.TrimHorizon; ;)
        {
            var page = await store.ReadAsync(shard, after, 100, Cancellation);
            if (page.Count == 0)
                return texts;
            texts.AddRange(page.Select(record => Encoding.UTF8.GetString(record.Data.Span).TrimEnd()));
            after = page[^1].SequenceNumber;
        }
    }

    /// <summary>From a connection of its own, as a fault from outside.</summary>
    private static void Run(AnEventStream stream, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = stream.DatabaseFile, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are the constants above.
        command.CommandText = $"PRAGMA busy_timeout = 5000; {sql}";
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
