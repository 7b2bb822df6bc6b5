using System.Text.Json;
using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.Tests.PubSub;

public sealed class TracingAnEvent
{
    private const string Broker = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: bus}\nspec: {type: pubsub.in-memory, version: v1}\n";
    private const string Caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    [Fact]
    public async Task is_one_trace_with_a_span_for_each_hop_where_it_is_sampled()
    {
        var (answered, inEvent, received) = await PublishAsync(Tracing.Of("1"), Caller);

        answered.ShouldBe(inEvent);
        received.ShouldNotBe(inEvent);
        foreach (var hop in (string?[])[answered, received])
        {
            hop!.ShouldStartWith("00-4bf92f3577b34da6a3ce929d0e0e4736-");
            hop.ShouldNotBe(Caller);
        }
    }

    [Fact]
    public async Task leaves_no_trace_where_it_is_switched_off() => (await PublishAsync(Tracing.Of("0"), Caller)).ShouldBe((null, "", null));

    [Theory]
    [InlineData(Caller, Caller, Caller)]
    [InlineData(null, "", Tracing.None)]
    public async Task passes_the_callers_trace_on_unchanged_where_it_is_not_configured(string? caller, string inEvent, string received) =>
        (await PublishAsync(Tracing.Unconfigured, caller)).ShouldBe((received, inEvent, received));

    private static async Task<(string? Answered, string? InEvent, string? Received)> PublishAsync(Tracing tracing, string? caller)
    {
        await using var app = await SubscribedApp.StartAsync("""[{"pubsubname":"bus","topic":"events","route":"/events"}]""", _ => (200, ""));
        await using var sidecar = await PubSubSidecar.StartAsync("orders", [Broker], app.Port, tracing: tracing);
        await sidecar.Sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        using var client = new PublishingClient(sidecar.Sidecar.Options.HttpPort);
        using var answer = await client.PublishAsync("events", "1", headers: caller is null ? [] : [("traceparent", caller)]);
        var request = await app.NextAsync();
        return (
            answer.Headers.TryGetValues("traceparent", out var values) ? values.Single() : null,
            JsonElement.Parse(request.Body).GetProperty("traceparent").GetString(),
            request.Headers.GetValueOrDefault("traceparent"));
    }
}
