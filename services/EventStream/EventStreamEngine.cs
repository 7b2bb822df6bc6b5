using System.Collections.Concurrent;
using CloudNative.EventStream.Groups;
using CloudNative.EventStream.Records;
using CloudNative.EventStream.Shards;
using CloudNative.EventStream.Sqlite;
using Microsoft.Extensions.Logging;

namespace CloudNative.EventStream;

/// <summary>The event stream on a SQLite file: durable topics in shards, consumer groups with streams, order per key, redelivery.</summary>
public sealed class EventStreamEngine : IEventStream
{
    private readonly EventStreamOptions options;
    private readonly TimeProvider timeProvider;
    private readonly ILogger logger;
    private readonly SqliteDatabase database;
    private readonly SqliteShardStore log;
    private readonly SqliteCheckpointStore checkpoints;
    private readonly SqliteRetention retention;
    private readonly Lock guard = new();
    private readonly Dictionary<GroupTopic, GroupRunner> groups = [];
    private readonly ConcurrentDictionary<RecordStream, bool> streams = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Task background;
    private bool disposed;

    private EventStreamEngine(EventStreamOptions options, SqliteDatabase database, TimeProvider timeProvider, ILogger logger)
    {
        this.options = options;
        this.timeProvider = timeProvider;
        this.logger = logger;
        this.database = database;
        log = SqliteShardStore.Load(database, options, timeProvider);
        checkpoints = new SqliteCheckpointStore(database, log);
        retention = new SqliteRetention(database, log, options.Retention, timeProvider, logger);
        background = Task.WhenAll(
            EveryAsync(options.CheckpointInterval, SaveProgressAsync), EveryAsync(options.TrimInterval, retention.TrimAsync));
    }

    /// <summary>Commits so far: with concurrent publishers fewer than records.</summary>
    public long Commits => database.Commit.Commits;

    /// <summary>Opens the database file, or makes it.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    /// <exception cref="EventStreamUnavailableException">Another process has the file, or it cannot be opened; the message names it.</exception>
    public static EventStreamEngine Open(EventStreamOptions options, TimeProvider timeProvider, ILogger<EventStreamEngine> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new EventStreamEngine(options, SqliteDatabase.Open(options.DatabaseFile), timeProvider, logger);
    }

    public async ValueTask PublishAsync(NewRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (RecordRules.Refusal(record) is { } refusal)
            throw new InvalidRecordException(refusal);

        await log.AppendAsync(record with { PartitionKey = record.PartitionKey ?? RecordRules.DrawKey() }, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<Exception?>> PublishManyAsync(IReadOnlyList<NewRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        await log.EnsureTopicsAsync(records.Where(record => RecordRules.Refusal(record) is null).Select(record => record.Topic), cancellationToken);

        // All are queued before the first is awaited: they keep their order and share a commit.
        var appends = records.Select(record => PublishAsync(record, cancellationToken).AsTask()).ToList();
        var results = new List<Exception?>(appends.Count);
        foreach (var append in appends)
            results.Add(await FailureOfAsync(append));
        return results;
    }

    /// <exception cref="ArgumentException">The topic's name or the group's is not valid.</exception>
    public IAsyncDisposable Subscribe(Subscription subscription, RecordHandler handler)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        ArgumentNullException.ThrowIfNull(handler);
        if (!TopicName.IsValid(subscription.Topic))
            throw new ArgumentException($"'{subscription.Topic}' is no topic name.", nameof(subscription));
        ArgumentException.ThrowIfNullOrEmpty(subscription.Group);

        lock (guard)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var runner = RunnerFor(new GroupTopic(subscription.Group, TopicName.WithoutLane(subscription.Topic)), subscription.InitialPosition);
            var stream = new RecordStream(subscription.Topic, runner.Group, checkpoints, handler, logger);
            streams[stream] = true;
            return new OpenStream(stream, () => streams.TryRemove(stream, out _));
        }
    }

    /// <summary>Ends all streams, stores how far the groups are, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (guard)
        {
            if (disposed)
                return;
            disposed = true;
        }

        await Task.WhenAll(streams.Keys.Select(stream => stream.DisposeAsync().AsTask()));
        await stopping.CancelAsync();
        await background;
        await Task.WhenAll(groups.Values.Select(runner => runner.DisposeAsync().AsTask()));
        await database.DisposeAsync();
        stopping.Dispose();
    }

    private GroupRunner RunnerFor(GroupTopic name, InitialPosition initialPosition)
    {
        if (!groups.TryGetValue(name, out var runner))
            groups.Add(name, runner = new GroupRunner(name, initialPosition, log, checkpoints, options, timeProvider, logger));
        return runner;
    }

    private async Task SaveProgressAsync(CancellationToken cancellationToken)
    {
        List<GroupRunner> runners;
        lock (guard)
            runners = [.. groups.Values];
        await Task.WhenAll(runners.Select(runner => runner.SaveProgressAsync(cancellationToken)));
    }

    private async Task EveryAsync(TimeSpan interval, Func<CancellationToken, Task> act)
    {
        using var timer = new PeriodicTimer(interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
                await act(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    private static async Task<Exception?> FailureOfAsync(Task append)
    {
        try
        {
            await append;
            return null;
        }
        catch (Exception exception) when (exception is InvalidRecordException or EventStreamUnavailableException)
        {
            return exception;
        }
    }

    private sealed class OpenStream(RecordStream stream, Action onClosed) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await stream.DisposeAsync();
            onClosed();
        }
    }
}
