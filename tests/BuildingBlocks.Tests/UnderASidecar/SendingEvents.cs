using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace CloudNative.BuildingBlocks.Tests.UnderASidecar;

/// <summary>The traps of publishing and delivering that concern a service, by their number in the list of traps.</summary>
public sealed class SendingEvents : IAsyncLifetime
{
    private readonly Channel<EventDocument> handled = Channel.CreateUnbounded<EventDocument>();
    private RunningSidecar sidecar = null!;
    private WebApplication service = null!;

    public async ValueTask InitializeAsync()
    {
        sidecar = await RunningSidecar.StartAsync("orders", [Components.EventStream], TestContext.Current.CancellationToken);
        var builder = WebApplication.CreateSlimBuilder([.. sidecar.Settings, "--APP_ID=orders", "--Listener:Lanes=1"]);
        builder.AddServiceDefaults();
        builder.Services.AddListener().On("order-submitted", handled.Writer.WriteAsync);
        service = builder.Build();
        service.MapDefaultEndpoints();
        service.MapListener();
        await service.StartAsync(TestContext.Current.CancellationToken);
        await SubscribedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        await sidecar.DisposeAsync();
    }

    [Fact]
    public async Task trap_4_the_envelope_mirrors_the_document()
    {
        await PublishAsync("""{"id":"e-1","type":"order-submitted","timestamp":1,"partitionKey":"k"}""");

        var document = await NextAsync();
        (document.Id, document.Type, document.PartitionKey, document.Timestamp).ShouldBe(("e-1", "order-submitted", "k", 1));
    }

    [Fact]
    public async Task trap_5_a_document_arrives_as_an_object_with_its_numbers_as_they_were()
    {
        const string Document = """{"id":"e-1","type":"order-submitted","timestamp":1,"partitionKey":"k","large":12345678901234567890,"exact":1.10}""";

        await PublishAsync(Document);

        using var parsed = JsonDocument.Parse((await NextAsync()).Json);
        parsed.RootElement.GetProperty("large").GetRawText().ShouldBe("12345678901234567890");
        parsed.RootElement.GetProperty("exact").GetRawText().ShouldBe("1.10");
    }

    [Fact]
    public async Task trap_11_a_listener_sees_the_attributes_of_the_envelope()
    {
        await Publisher.PublishAsync(
            Outgoing("""{"id":"e-1","type":"order-submitted","timestamp":1,"partitionKey":"k"}""") with
            {
                CloudEventAttributes = new Dictionary<string, string> { ["replayed"] = "true", ["replayto"] = "orders" },
            },
            TestContext.Current.CancellationToken);

        var document = await NextAsync();
        document.Replayed.ShouldBeTrue();
        document.ReplayTo.ShouldBe("orders");
    }

    private IEventPublisher Publisher => service.Services.GetRequiredService<IEventPublisher>();

    private static OutgoingEvent Outgoing(string document) => new("e-1", "order-submitted", "k", 1, Encoding.UTF8.GetBytes(document));

    private async Task PublishAsync(string document) => await Publisher.PublishAsync(Outgoing(document), TestContext.Current.CancellationToken);

    private async Task<EventDocument> NextAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        return await handled.Reader.ReadAsync(deadline.Token);
    }

    /// <summary>Full health: the sidecar has found the app and its subscriptions.</summary>
    private async Task SubscribedAsync()
    {
        using var http = new HttpClient();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (!(await http.GetStringAsync($"http://127.0.0.1:{sidecar.HttpPort}/v1.0/metadata", deadline.Token)).Contains("\"subscriptions\"", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
    }
}
