using System.Collections.Concurrent;
using CloudNative.Local.Configurations;
using CloudNative.Local.Resources;
using CloudNative.Local.Sidecars;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class SayingWhatIsNotServed : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly Words words = new();
    private readonly LoggerFactory loggers;

    public SayingWhatIsNotServed() => loggers = new LoggerFactory([words]);

    public void Dispose()
    {
        loggers.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("POST /v1.0-alpha1/lock/store", "/v1.0-alpha1/lock/... is not served")]
    [InlineData("GET /v1.0/actors/type/id/state/key", "/v1.0/actors/... is not served")]
    [InlineData("POST /v1.0-beta1/workflows/dapr/x/start", "/v1.0-beta1/workflows/... is not served")]
    public async Task an_api_that_daprd_has_is_an_unknown_route_and_one_line_of_the_log(string request, string line)
    {
        await using var sidecar = await StartAsync(new SidecarOptions("things-bff", 0, 0));

        for (var i = 0; i < 2; i++)
        {
            var answer = await sidecar.SendRawAsync(request);
            answer.Status.ShouldBe(404);
            answer.Body.ShouldContain("ERR_DIRECT_INVOKE");
        }

        words.Lines.ShouldHaveSingleItem().ShouldContain(line);
        words.Lines.Single().ShouldContain("run the app under daprd");
    }

    [Fact]
    public async Task what_daprd_does_not_have_either_is_no_news()
    {
        await using var sidecar = await StartAsync(new SidecarOptions("things-bff", 0, 0));

        (await sidecar.SendRawAsync("GET /v1.0/nonsense/x")).Status.ShouldBe(404);

        words.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task parts_of_a_configuration_and_the_protocol_of_an_app_are_told_at_the_start()
    {
        var options = new SidecarOptions("things-bff", 0, 0, 1)
        {
            AppProtocol = "grpc",
            Configuration = ConfigurationFile.Parse("spec: {accessControl: {defaultAction: deny}, tracing: {samplingRate: '1'}}"),
        };

        await using var sidecar = await StartAsync(options);

        words.Lines.Count.ShouldBe(2);
        words.Lines.ShouldContain(line => line.Contains("spec.accessControl", StringComparison.Ordinal) && line.Contains("under daprd", StringComparison.Ordinal));
        words.Lines.ShouldContain(line => line.Contains("app protocol grpc", StringComparison.Ordinal) && line.Contains("listen for http", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("state.redis", "couldn't find state store state.redis/v1; served here: state.sqlite, state.in-memory, all v1")]
    [InlineData("bindings.cron", "couldn't find output binding bindings.cron/v1; served here: bindings.localstorage, bindings.http, all v1")]
    [InlineData("secretstores.aws.secretmanager", "couldn't find secret store secretstores.aws.secretmanager/v1; served here: secretstores.local.file")]
    [InlineData("pubsub.kafka", "couldn't find message bus pubsub.kafka/v1; served here: pubsub.sqlite")]
    [InlineData("lock.redis", "incorrect type lock.redis")]
    public async Task a_component_type_stops_the_start_and_names_what_to_use(string type, string message)
    {
        folder.Write("a.yaml", $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{name: x}}\nspec: {{type: {type}, version: v1}}\n");

        (await Should.ThrowAsync<ComponentInitException>(() => ComponentsAsync(SidecarConfiguration.Default))).Message.ShouldContain(message);
    }

    [Fact]
    public async Task a_denied_type_is_absent_with_a_line_of_the_log_and_one_without_version_is_v1()
    {
        folder.Write("a.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: x}\nspec: {type: state.in-memory}\n");
        folder.Write("b.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: details}\nspec: {type: bindings.http, version: v1}\n");

        await using var set = await ComponentsAsync(ConfigurationFile.Parse("spec: {components: {deny: [bindings.http]}}"));
        await using var sidecar = await RunningSidecar.StartAsync(set.Components);

        set.Components.Bindings.ShouldBeEmpty();
        words.Lines.ShouldHaveSingleItem().ShouldContain("component details is absent");
        (await sidecar.SendRawAsync("GET /v1.0/metadata")).Body.ShouldContain("""{"name":"x","type":"state.in-memory","capabilities":""");
    }

    private Task<ComponentSet> ComponentsAsync(SidecarConfiguration configuration) => ComponentSet.CreateAsync(
        ResourceLoader.Load([folder.Root]).For("things-bff"), configuration,
        new ComponentContext("things-bff", Path.GetFullPath, TimeProvider.System, loggers), _ => null, TestContext.Current.CancellationToken);

    private Task<RunningSidecar> StartAsync(SidecarOptions options) =>
        RunningSidecar.StartAsync(options, null, RunningSidecar.Services() with { Loggers = loggers });

    /// <summary>Keeps what is logged.</summary>
    private sealed class Words : ILoggerProvider
    {
        private readonly ConcurrentQueue<string> lines = new();

        public IReadOnlyCollection<string> Lines => lines;

        public ILogger CreateLogger(string categoryName) => new Logger(lines);

        public void Dispose()
        {
            // The lines are the test's.
        }

        private sealed class Logger(ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => NullLogger.Instance.BeginScope(state);

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel))
                    lines.Enqueue(formatter(state, exception));
            }
        }
    }
}
