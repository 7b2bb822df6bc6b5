using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.EventStream;

public sealed class SurvivingACrash
{
    private const string ChildDatabase = "EVENT_STREAM_TEST_DATABASE";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task nothing_acknowledged_is_lost_when_the_process_is_killed()
    {
        using var folder = new TemporaryFolder();
        var acknowledgedFile = folder.DatabaseFile + ".acknowledged";
        using (var child = StartChild(folder.DatabaseFile))
        {
            await UntilAcknowledged(acknowledgedFile, 500, child);
            child.Kill();
            await child.WaitForExitAsync(Cancellation);
        }

        // The last line may be torn; each whole one stands for a publish that was answered.
        var acknowledged = (await File.ReadAllTextAsync(acknowledgedFile, Cancellation)).Split('\n')[..^1];
        await using var engine = EventStreamEngine.Open(
            new EventStreamOptions(folder.DatabaseFile), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<EventStreamEngine>.Instance);
        var missing = new ConcurrentDictionary<string, bool>(acknowledged.Select(text => KeyValuePair.Create(text, true)));
        var allThere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        engine.Subscribe(new Subscription("audit", "events", InitialPosition.TrimHorizon), (delivery, _) =>
        {
            missing.TryRemove(Inbox.TextOf(delivery), out bool _);
            if (missing.IsEmpty)
                allThere.TrySetResult();
            return ValueTask.FromResult(DeliveryOutcome.Acknowledged);
        });

        await allThere.Task.WaitAsync(AnEventStream.Deadline, Cancellation);
        acknowledged.Length.ShouldBeGreaterThanOrEqualTo(500);
    }

    [Fact(Explicit = true)]
    public async Task child_process_publishes_until_it_is_killed()
    {
        var database = Environment.GetEnvironmentVariable(ChildDatabase).ShouldNotBeNull();
        await using var engine = EventStreamEngine.Open(
            new EventStreamOptions(database), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<EventStreamEngine>.Instance);
        engine.Subscribe(new Subscription("app", "events", InitialPosition.Latest), (_, _) => ValueTask.FromResult(DeliveryOutcome.Acknowledged));
        await using var acknowledged = new StreamWriter(database + ".acknowledged") { AutoFlush = true, NewLine = "\n" };
        using var writing = new SemaphoreSlim(1);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(publisher => Task.Run(
            async () =>
            {
                for (var i = 0; ; i++)
                {
                    var text = $$"""{"publisher":{{publisher}},"n":{{i}}}""";
                    await engine.PublishAsync(new NewRecord("events", System.Text.Encoding.UTF8.GetBytes(text), $"key-{i % 10}"), Cancellation);
                    await writing.WaitAsync(Cancellation);
                    await acknowledged.WriteLineAsync(text);
                    writing.Release();
                }
            },
            Cancellation)));
    }

    [Fact]
    public async Task what_was_finished_does_not_come_again_after_a_restart_and_what_was_not_does()
    {
        await using var stream = new AnEventStream();
        var inbox = new Inbox();
        stream.Subscribe(inbox.Answering(delivery =>
            delivery.Metadata["__partitionKey"] == "stuck" ? DeliveryOutcome.Failed : DeliveryOutcome.Acknowledged));
        await stream.PublishAsync("a", """{"n":1}""");
        await inbox.NextAsync(1);
        await stream.PublishAsync("stuck", """{"n":2}""");
        await inbox.NextAsync(1);

        await stream.RestartAsync();
        var later = new Inbox();
        stream.Subscribe(later.Acknowledging());

        (await later.NextAsync(1)).ShouldBe(["""{"n":2}"""]);
        await stream.PublishAsync("b", """{"n":3}""");
        (await later.NextAsync(1)).ShouldBe(["""{"n":3}"""]);
    }

    [Fact]
    public async Task a_second_opener_is_told_the_file()
    {
        await using var stream = new AnEventStream();

        var refusal = Should.Throw<EventStreamUnavailableException>(stream.OpenEngine);

        refusal.Message.ShouldContain(stream.DatabaseFile);
        refusal.Message.ShouldContain("one process");
    }

    [Fact]
    public async Task a_store_that_is_away_refuses_publishers_and_subscriptions_go_on_when_it_is_back()
    {
        await using var stream = new AnEventStream();
        var inbox = new Inbox();
        stream.Subscribe(inbox.Acknowledging());
        await stream.PublishAsync("a", """{"n":1}""");
        await inbox.NextAsync(1);
        await using (var other = new SqliteConnection($"Data Source={stream.DatabaseFile};Pooling=False"))
        {
            await other.OpenAsync(Cancellation);
            await using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync(Cancellation);

            await Should.ThrowAsync<EventStreamUnavailableException>(async () => await stream.PublishAsync("a", """{"n":2}"""));
        }

        await stream.PublishAsync("a", """{"n":3}""");
        (await inbox.NextAsync(1)).ShouldBe(["""{"n":3}"""]);
    }

    [Fact]
    public async Task expired_records_are_trimmed_but_never_beyond_a_known_group()
    {
        var clock = new FakeTimeProvider();
        await using var stream = new AnEventStream(clock, options => options with { ShardsPerTopic = 1, Retention = TimeSpan.FromHours(1) });
        await stream.Subscribe(new Inbox().Acknowledging(), group: "slow", topic: "held").DisposeAsync();
        await stream.PublishAsync("a", """{"old":1}""", topic: "held");
        await stream.PublishAsync("a", """{"old":1}""", topic: "free");
        clock.Advance(TimeSpan.FromHours(2));
        await stream.PublishAsync("a", """{"new":1}""", topic: "free");

        await Until(() => CountRecords(stream.DatabaseFile, "free") == 1, () => clock.Advance(TimeSpan.FromMinutes(1)));

        CountRecords(stream.DatabaseFile, "held").ShouldBe(1);
        var inbox = new Inbox();
        stream.Subscribe(inbox.Acknowledging(), topic: "free", start: InitialPosition.TrimHorizon);
        (await inbox.NextAsync(1)).ShouldBe(["""{"new":1}"""]);
    }

    private static Process StartChild(string database)
    {
        string[] arguments =
            [typeof(SurvivingACrash).Assembly.Location, "-explicit", "only", "-method", $"*.{nameof(child_process_publishes_until_it_is_killed)}"];
        // An output of its own: in ours, where the runner reads its results, a line cut short by the kill would swallow the one after it.
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        start.Environment[ChildDatabase] = database;
        var child = Process.Start(start)!;
        child.BeginOutputReadLine();
        return child;
    }

    private static Task UntilAcknowledged(string file, int count, Process child) => Until(
        () => File.Exists(file) && File.ReadLines(file).Count() > count, () => child.HasExited.ShouldBeFalse());

    private static async Task Until(Func<bool> holds, Action meanwhile)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(AnEventStream.Deadline);
        while (!holds())
        {
            meanwhile();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }
    }

    private static long CountRecords(string database, string topic)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM record JOIN shard ON shard.id = record.shard WHERE topic = $topic";
        command.Parameters.AddWithValue("$topic", topic);
        return (long)command.ExecuteScalar()!;
    }
}
