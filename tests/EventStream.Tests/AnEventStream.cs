using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;

namespace CloudNative.EventStream;

/// <summary>An engine on a file of its own that can be closed and opened again, as a restart does.</summary>
internal sealed class AnEventStream : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder folder = new();
    private readonly TimeProvider timeProvider;
    private readonly Func<EventStreamOptions, EventStreamOptions> configure;

    public AnEventStream(TimeProvider? timeProvider = null, Func<EventStreamOptions, EventStreamOptions>? configure = null)
    {
        this.timeProvider = timeProvider ?? TimeProvider.System;
        this.configure = configure ?? (options => options);
        Engine = OpenEngine();
    }

    public EventStreamEngine Engine { get; private set; }

    public string DatabaseFile => folder.DatabaseFile;

    public EventStreamEngine OpenEngine() => EventStreamEngine.Open(
        configure(new EventStreamOptions(DatabaseFile)), timeProvider, NullLogger<EventStreamEngine>.Instance);

    public async Task RestartAsync()
    {
        await Engine.DisposeAsync();
        Engine = OpenEngine();
    }

    public ValueTask PublishAsync(string key, string data, string topic = "events") =>
        Engine.PublishAsync(new NewRecord(topic, Encoding.UTF8.GetBytes(data), key), TestContext.Current.CancellationToken);

    public IAsyncDisposable Subscribe(
        RecordHandler handler, string group = "app", string topic = "events", InitialPosition start = InitialPosition.Latest) =>
        Engine.Subscribe(new Subscription(group, topic, start), handler);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>What a handler was given, in order; waits for the next with a deadline.</summary>
internal sealed class Inbox
{
    private readonly Channel<Delivery> deliveries = Channel.CreateUnbounded<Delivery>();

    public int Waiting => deliveries.Reader.Count;

    public RecordHandler Answering(Func<Delivery, DeliveryOutcome> outcome) => (delivery, _) =>
    {
        var answer = outcome(delivery);
        deliveries.Writer.TryWrite(delivery);
        return ValueTask.FromResult(answer);
    };

    public RecordHandler Acknowledging() => Answering(_ => DeliveryOutcome.Acknowledged);

    public async Task<Delivery> NextAsync() => await deliveries.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask()
        .WaitAsync(AnEventStream.Deadline, TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<string>> NextAsync(int count)
    {
        var texts = new List<string>();
        while (texts.Count < count)
            texts.Add(TextOf(await NextAsync()));
        return texts;
    }

    public static string TextOf(Delivery delivery) => Encoding.UTF8.GetString(delivery.Data.Span);
}
