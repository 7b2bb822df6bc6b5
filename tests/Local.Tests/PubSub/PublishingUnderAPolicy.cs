using System.Net.Http.Json;
using System.Text.Json;
using CloudNative.Local.Faults;
using CloudNative.Local.Resources;

namespace CloudNative.Local.Tests.PubSub;

public sealed class PublishingUnderAPolicy
{
    private const string Broker = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: bus}\nspec: {type: pubsub.in-memory, version: v1}\n";

    [Fact]
    public async Task a_refused_event_is_sent_again()
    {
        var faults = new Refusals(2);
        await using var sidecar = await StartAsync(faults, "retries: {p: {duration: 1ms, maxRetries: 2}}", "retry: p");
        using var client = new PublishingClient(sidecar.Sidecar.Options.HttpPort);

        using var published = await client.PublishAsync("events", "1");

        ((int)published.StatusCode).ShouldBe(204);
        faults.Passes.ShouldBe(3);
    }

    [Fact]
    public async Task the_brokers_words_remain_when_the_retries_are_over()
    {
        await using var sidecar = await StartAsync(new Refusals(int.MaxValue), "retries: {p: {duration: 1ms, maxRetries: 1}}", "retry: p");
        using var client = new PublishingClient(sidecar.Sidecar.Options.HttpPort);

        using var refused = await client.PublishAsync("events", "1");

        ((int)refused.StatusCode).ShouldBe(500);
        (await MessageAsync(refused)).ShouldBe("error when publishing to topic events in pubsub bus: refused by the test");
    }

    [Fact]
    public async Task an_open_breaker_answers_for_itself()
    {
        await using var sidecar = await StartAsync(
            new Refusals(int.MaxValue), "circuitBreakers: {p: {timeout: 1h, trip: consecutiveFailures > 0}}", "circuitBreaker: p");
        using var client = new PublishingClient(sidecar.Sidecar.Options.HttpPort);

        (await client.PublishAsync("events", "1")).Dispose();
        using var refused = await client.PublishAsync("events", "1");

        (await MessageAsync(refused)).ShouldBe("error when publishing to topic events in pubsub bus: circuit breaker is open");
    }

    [Fact]
    public async Task of_several_events_only_the_refused_ones_are_sent_again()
    {
        var faults = new Refusals(1);
        await using var sidecar = await StartAsync(faults, "retries: {p: {duration: 1ms, maxRetries: 1}}", "retry: p");
        using var client = new PublishingClient(sidecar.Sidecar.Options.HttpPort);

        using var published = await client.PublishAsync(
            "events", """[{"entryId":"1","event":1,"contentType":"application/json"},{"entryId":"2","event":2,"contentType":"application/json"}]""", inBulk: true);

        ((int)published.StatusCode).ShouldBe(204);
        faults.Passes.ShouldBe(3);
    }

    [Fact]
    public async Task an_event_of_null_ends_the_connection_without_an_answer()
    {
        await using var sidecar = await PubSubSidecar.StartAsync("orders", [Broker], null);
        using var client = new PublishingClient(sidecar.Sidecar.Options.HttpPort);

        await Should.ThrowAsync<HttpRequestException>(client.PublishAsync("events", " null", "application/cloudevents+json"));
        using var next = await client.PublishAsync("events", "null");

        ((int)next.StatusCode).ShouldBe(204);
    }

    private static Task<PubSubSidecar> StartAsync(IFaultSwitches faults, string policies, string outbound)
    {
        var resiliency = $"apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {{name: r}}\nspec:\n  policies: {{{policies}}}\n  targets: {{components: {{bus: {{outbound: {{{outbound}}}}}}}}}\n";
        return PubSubSidecar.StartAsync("orders", [Broker, resiliency], null, faults: faults);
    }

    private static async Task<string?> MessageAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("message").GetString();

    private sealed class Refusals(int count) : IFaultSwitches
    {
        private int passes;

        public int Passes => passes;

        public ValueTask PassAsync(string component, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref passes) <= count ? throw new ComponentException("refused by the test") : ValueTask.CompletedTask;
    }
}
