using System.Collections.Concurrent;
using CloudNative.Local.PubSub.Publishing;
using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars;
using CloudNative.Local.State;
using Microsoft.Extensions.Logging;

namespace CloudNative.Local.Tests.PubSub;

public sealed class TellingWhatIsNotServed
{
    [Fact]
    public void a_store_with_the_built_in_outbox_is_named_with_what_to_use_instead()
    {
        using var lines = new Lines();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(lines));

        OutboxNotice.Tell([Store("plain", []), Store("things", new() { ["outboxPublishPubsub"] = "bus" })], loggers);

        var line = lines.Written.ShouldHaveSingleItem();
        line.ShouldContain("State store things: outboxPublishPubsub is not served");
        line.ShouldContain("building blocks");
    }

    private static Loaded<IStateComponent> Store(string name, Dictionary<string, string> metadata) =>
        new(new Component(name, "state.in-memory", "v1", metadata, [], false, ""), new InMemoryStateStore(TimeProvider.System));

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Enqueue(formatter(state, exception));

        public void Dispose()
        {
            // It holds nothing but lines.
        }
    }
}
