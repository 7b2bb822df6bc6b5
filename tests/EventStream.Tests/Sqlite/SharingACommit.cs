using Microsoft.Data.Sqlite;

namespace CloudNative.EventStream.Sqlite;

public sealed class SharingACommit : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task many_concurrent_writers_need_few_commits_and_lose_nothing()
    {
        await using var commit = new GroupCommit(Open);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(writer => Task.Run(
            async () =>
            {
                for (var i = 0; i < 50; i++)
                    await Insert(commit, $"{writer}/{i}");
            },
            Cancellation)));

        CountRows().ShouldBe(64 * 50);
        commit.Commits.ShouldBeLessThan(64 * 50 / 4);
    }

    [Fact]
    public async Task an_item_that_fails_is_undone_alone()
    {
        await using var commit = new GroupCommit(Open);
        using var gate = new ManualResetEventSlim();
        var opening = await HoldTheWriter(commit, gate);
        var before = Insert(commit, "before");
        var failing = commit.RunAsync<int>(
            writer =>
            {
                writer.Prepare("INSERT INTO item (name) VALUES (?1)").Bind(1, "half").Execute();
                writer.Prepare("SELECT name FROM item").Step();
                throw new InvalidDataException("broken item");
            },
            Cancellation);
        var after = Insert(commit, "after");

        gate.Set();
        (await opening).ShouldBeTrue();

        (await Should.ThrowAsync<InvalidDataException>(failing)).Message.ShouldBe("broken item");
        (await before).ShouldBe(1);
        (await after).ShouldBe(1);
        CountRows().ShouldBe(2);
    }

    [Fact]
    public async Task a_commit_that_fails_fails_every_item_and_the_next_batch_goes_on()
    {
        await using var commit = new GroupCommit(Open);
        using var gate = new ManualResetEventSlim();
        var opening = await HoldTheWriter(commit, gate);
        var innocent = Insert(commit, "innocent");
        var orphan = commit.RunAsync(writer => writer.Prepare("INSERT INTO child (parent) VALUES ('none')").Execute(), Cancellation);

        gate.Set();
        (await opening).ShouldBeTrue();

        (await Should.ThrowAsync<SqliteException>(orphan)).Message.ShouldContain("FOREIGN KEY");
        (await Should.ThrowAsync<SqliteException>(innocent)).Message.ShouldContain("FOREIGN KEY");
        (await Insert(commit, "next")).ShouldBe(1);
        CountRows().ShouldBe(1);
    }

    [Fact]
    public async Task a_busy_database_is_waited_for()
    {
        await using var commit = new GroupCommit(Open);
        await Insert(commit, "first");
        using var other = Open();
        Execute(other, "BEGIN IMMEDIATE");

        var waiting = Insert(commit, "second");
        waiting.IsCompleted.ShouldBeFalse();
        Execute(other, "COMMIT");

        (await waiting).ShouldBe(1);
    }

    [Fact]
    public async Task an_item_cancelled_before_its_turn_does_not_run()
    {
        await using var commit = new GroupCommit(Open);
        using var gate = new ManualResetEventSlim();
        using var cancelling = new CancellationTokenSource();
        var opening = await HoldTheWriter(commit, gate);
        var cancelled = commit.RunAsync(
            writer => writer.Prepare("INSERT INTO item (name) VALUES ('cancelled')").Execute(), cancelling.Token);

        await cancelling.CancelAsync();
        gate.Set();
        (await opening).ShouldBeTrue();

        await Should.ThrowAsync<OperationCanceledException>(cancelled);
        CountRows().ShouldBe(0);
    }

    [Fact]
    public async Task what_is_committed_is_announced_in_order_before_its_task_completes()
    {
        await using var commit = new GroupCommit(Open);
        var announced = new List<int>();

        var items = Enumerable.Range(0, 100).Select(i => commit.RunAsync(_ => i, announced.Add, Cancellation)).ToList();
        await Task.WhenAll(items);

        announced.ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public async Task disposal_commits_what_was_queued_and_refuses_the_rest()
    {
        var commit = new GroupCommit(Open);
        var queued = Enumerable.Range(0, 100).Select(i => Insert(commit, $"{i}")).ToList();

        await commit.DisposeAsync();

        (await Task.WhenAll(queued)).ShouldAllBe(changes => changes == 1);
        await Should.ThrowAsync<ObjectDisposedException>(() => Insert(commit, "late"));
        CountRows().ShouldBe(100);
    }

    [Fact]
    public async Task a_database_that_cannot_be_opened_fails_the_item_and_is_tried_again()
    {
        var attempts = 0;
        await using var commit = new GroupCommit(() => attempts++ == 0 ? throw new SqliteException("no disk", 14) : Open());

        (await Should.ThrowAsync<SqliteException>(() => Insert(commit, "first"))).Message.ShouldBe("no disk");

        (await Insert(commit, "second")).ShouldBe(1);
    }

    /// <summary>Keeps a first batch open until the gate is: what is queued meanwhile shares the second.</summary>
    private static async Task<Task<bool>> HoldTheWriter(GroupCommit commit, ManualResetEventSlim gate)
    {
        var holding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var item = commit.RunAsync(
            _ =>
            {
                holding.SetResult();
                return gate.Wait(TimeSpan.FromSeconds(10), Cancellation);
            },
            Cancellation);
        await holding.Task;
        return item;
    }

    private static Task<int> Insert(GroupCommit commit, string name) => commit.RunAsync(
        writer => writer.Prepare("INSERT INTO item (name) VALUES (?1)").Bind(1, name).Execute(), Cancellation);

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={folder.DatabaseFile};Pooling=False");
        connection.Open();
        Execute(
            connection,
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON;
            CREATE TABLE IF NOT EXISTS item (name TEXT PRIMARY KEY);
            CREATE TABLE IF NOT EXISTS child (parent TEXT REFERENCES item (name) DEFERRABLE INITIALLY DEFERRED);
            """);
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private long CountRows()
    {
        using var connection = Open();
        using var count = new SqliteStatement(connection, "SELECT count(*) FROM item");
        count.Step();
        return count.GetInt64(0);
    }
}
