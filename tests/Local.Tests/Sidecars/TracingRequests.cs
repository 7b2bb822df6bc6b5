using CloudNative.Local.Bindings;
using CloudNative.Local.Configurations;
using CloudNative.Local.Sidecars;
using CloudNative.Local.Sidecars.Http;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;

namespace CloudNative.Local.Tests.Sidecars;

public sealed class TracingRequests
{
    private const string Sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string NotSampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    [Theory]
    [InlineData(null, Sampled, Sampled)]
    [InlineData("", NotSampled, NotSampled)]
    [InlineData(null, null, RunningSidecar.Zeros)]
    [InlineData(null, "no trace", RunningSidecar.Zeros)]
    [InlineData("0", Sampled, null)]
    [InlineData("0", null, null)]
    public void without_sampling_the_callers_context_goes_on_or_nothing(string? rate, string? sent, string? passedOn) =>
        Tracing.Of(rate).Traceparent(sent).ShouldBe(passedOn);

    [Theory]
    [InlineData("1", Sampled)]
    [InlineData("1", NotSampled)]
    [InlineData("0.5", Sampled)]
    [InlineData("nonsense", NotSampled)]
    public void with_sampling_each_hop_is_a_span_of_the_callers_trace(string rate, string sent)
    {
        var hop = Tracing.Of(rate).Traceparent(sent).ShouldNotBeNull();

        hop[..36].ShouldBe(sent[..36]);
        hop[36..52].ShouldNotBe(sent[36..52]);
        hop[52..].ShouldBe(sent[52..]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(RunningSidecar.Zeros)]
    public void without_a_caller_a_trace_begins(string? sent)
    {
        var tracing = Tracing.Of("1");
        var (first, second) = (tracing.Traceparent(sent)!, tracing.Traceparent(sent)!);

        first.ShouldMatch("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$");
        first[3..35].ShouldNotBe(second[3..35]);
    }

    [Fact]
    public async Task the_answer_and_what_is_called_get_the_same_span()
    {
        var binding = new Recorder();
        await using var sidecar = await StartAsync("1", binding);

        var answer = await sidecar.SendRawAsync("POST /v1.0/bindings/details", $"traceparent: {Sampled}\r\ntracestate: a=b\r\n", """{"operation":"create"}""");

        answer.Headers["traceparent"].ShouldStartWith(Sampled[..36]);
        answer.Headers["tracestate"].ShouldBe("a=b");
        binding.Seen!["traceparent"].ShouldBe(answer.Headers["traceparent"]);
        binding.Seen["tracestate"].ShouldBe("a=b");
    }

    [Fact]
    public async Task turned_off_nothing_of_a_trace_is_passed_on_or_answered()
    {
        var binding = new Recorder();
        await using var sidecar = await StartAsync("0", binding);

        var answer = await sidecar.SendRawAsync("POST /v1.0/bindings/details", $"traceparent: {Sampled}\r\nbaggage: user=1\r\n", """{"operation":"create"}""");

        answer.Headers.ShouldNotContainKey("traceparent");
        answer.Headers.ShouldNotContainKey("baggage");
        binding.Seen!.ShouldNotContainKey("traceparent");
    }

    [Fact]
    public async Task baggage_comes_back_over_grpc()
    {
        var binding = new Recorder();
        await using var sidecar = await StartAsync(null, binding);
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(sidecar.Channel);

        using var call = client.InvokeBindingAsync(
            new InvokeBindingRequest { Name = "details", Operation = "create" },
            new Metadata { { "baggage", "user=1" } },
            cancellationToken: TestContext.Current.CancellationToken);

        (await call.ResponseHeadersAsync).GetValue("baggage").ShouldBe("user=1");
        await call;
        binding.Seen!["baggage"].ShouldBe("user=1");
    }

    private static Task<RunningSidecar> StartAsync(string? rate, Recorder binding) => RunningSidecar.StartAsync(
        new SidecarOptions("things-bff", 0, 0) { Configuration = SidecarConfiguration.Default with { Tracing = Tracing.Of(rate) } }, Given.Binding(binding));

    private sealed class Recorder : IOutputBinding
    {
        public IReadOnlyDictionary<string, string>? Seen { get; private set; }

        public IReadOnlyList<string> Operations => ["create"];

        public ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
        {
            Seen = request.Metadata;
            return new(new BindingResponse(default, new Dictionary<string, string>()));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
