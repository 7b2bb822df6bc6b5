using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using CloudNative.BuildingBlocks.Events;
using CloudNative.BuildingBlocks.Faults;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Tests.Listening;

public sealed class ReceivingEvents
{
    private const string Success = """{"status":"SUCCESS"}""";
    private const string Retry = """{"status":"RETRY"}""";
    private readonly ConcurrentQueue<EventDocument> handled = new();
    private Exception? failure;

    [Fact]
    public async Task hands_over_an_event_of_its_type_and_acknowledges_it()
    {
        await using var service = await StartAsync();

        (await service.DeliverAsync(Event("order-submitted", "e-1"), ("__partitionKey", "a%2Fb"))).ShouldBe((200, Success));

        var document = handled.ShouldHaveSingleItem();
        (document.Id, document.PartitionKey).ShouldBe(("e-1", "a/b"));
    }

    [Fact]
    public async Task passes_over_other_types()
    {
        await using var service = await StartAsync();

        (await service.DeliverAsync(Event("thing-created", "e-1"))).ShouldBe((200, Success));

        handled.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("orders", 1)]
    [InlineData("search-bff", 0)]
    public async Task passes_over_what_is_replayed_to_another_app(string addressee, int expected)
    {
        await using var service = await StartAsync();

        (await service.DeliverAsync(Event("order-submitted", "e-1", $",\"replayto\":\"{addressee}\""))).ShouldBe((200, Success));

        handled.Count.ShouldBe(expected);
    }

    [Fact]
    public async Task has_an_event_delivered_again_for_as_long_as_a_dependency_is_away()
    {
        failure = new StateStoreException("away");
        await using var service = await StartAsync();

        (await service.DeliverAsync(Event("order-submitted", "e-1"), ("__attempt", "500"))).ShouldBe((200, Retry));

        service.Published.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task makes_a_fault_of_what_can_never_succeed_and_puts_the_event_aside()
    {
        failure = new UnprocessableEventException("the order has no sku");
        await using var service = await StartAsync();

        (await service.DeliverAsync(Event("order-submitted", "e-1"), ("__attempt", "1"))).ShouldBe((200, Success));

        service.Published.Events.Count.ShouldBe(2);
        var fault = service.Published.Events.First();
        fault.Type.ShouldBe("fault");
        fault.Id.ShouldBe(FaultEvent.IdOf("e-1", "orders", 0));
        var content = JsonDocument.Parse(fault.Document).RootElement.GetProperty("fault");
        content.GetProperty("app").GetString().ShouldBe("orders");
        content.GetProperty("stage").GetString().ShouldBe("handle");
        content.GetProperty("reason").GetString().ShouldBe("the order has no sku");
        content.GetProperty("original").GetProperty("id").GetString().ShouldBe("e-1");
        var aside = service.Published.Events.Last();
        (aside.Id, aside.Topic).ShouldBe(("e-1", "events-dead-letter"));
        JsonDocument.Parse(aside.Document).RootElement.GetProperty("type").GetString().ShouldBe("order-submitted");
    }

    [Fact]
    public async Task gives_up_on_an_unknown_error_at_the_last_attempt_only()
    {
        failure = new InvalidOperationException("secret words");
        await using var service = await StartAsync();

        (await service.DeliverAsync(Event("order-submitted", "e-1"), ("__attempt", "9"))).ShouldBe((200, Retry));
        service.Published.Events.ShouldBeEmpty();
        (await service.DeliverAsync(Event("order-submitted", "e-1"), ("__attempt", "10"))).ShouldBe((200, Success));

        Encoding.UTF8.GetString(service.Published.Events.First().Document.Span).ShouldNotContain("secret words");
    }

    [Fact]
    public async Task counts_attempts_itself_where_the_broker_tells_none()
    {
        failure = new InvalidOperationException();
        await using var service = await StartAsync("--Listener:MaxAttempts=3");

        (await service.DeliverAsync(Event("order-submitted", "e-1"))).Body.ShouldBe(Retry);
        (await service.DeliverAsync(Event("order-submitted", "e-1"))).Body.ShouldBe(Retry);
        (await service.DeliverAsync(Event("order-submitted", "e-1"))).Body.ShouldBe(Success);

        service.Published.Events.Count.ShouldBe(2);
    }

    [Fact]
    public async Task acknowledges_a_failed_event_only_after_its_fault_is_published()
    {
        failure = new UnprocessableEventException("no");
        await using var service = await StartAsync();
        service.Published.FailuresToCome = 1;

        (await service.DeliverAsync(Event("order-submitted", "e-1"))).Body.ShouldBe(Retry);
        service.Published.Events.ShouldBeEmpty();
        (await service.DeliverAsync(Event("order-submitted", "e-1"))).Body.ShouldBe(Success);

        service.Published.Events.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("--Listener:FaultsUnreadable=true", 2)]
    [InlineData("--Listener:FaultsUnreadable=false", 0)]
    public async Task lets_one_app_alone_make_faults_of_what_is_no_event(string setting, int published)
    {
        await using var service = await StartAsync(setting);

        (await service.DeliverAsync("""{"specversion":"1.0","id":"x","data_base64":"AAE="}""")).ShouldBe((200, Success));

        service.Published.Events.Count.ShouldBe(published);
        handled.ShouldBeEmpty();
    }

    [Fact]
    public async Task subscribes_once_per_lane_on_one_route()
    {
        await using var service = await StartAsync("--Listener:Lanes=2", "--Listener:InitialPosition=TrimHorizon");

        var list = await service.Http.GetStringAsync("/dapr/subscribe", TestContext.Current.CancellationToken);

        list.ShouldBe(
            """[{"pubsubname":"event-stream","topic":"events/lane-1","route":"/events","metadata":{"initialPosition":"trim_horizon"}},"""
            + """{"pubsubname":"event-stream","topic":"events/lane-2","route":"/events","metadata":{"initialPosition":"trim_horizon"}}]""");
    }

    [Fact]
    public async Task subscribes_to_plain_events_with_one_lane()
    {
        await using var service = await StartAsync("--Listener:Lanes=1");

        (await service.Http.GetStringAsync("/dapr/subscribe", TestContext.Current.CancellationToken))
            .ShouldBe("""[{"pubsubname":"event-stream","topic":"events","route":"/events","metadata":{"initialPosition":"latest"}}]""");
    }

    [Fact]
    public async Task lets_only_the_sidecar_in_where_there_is_a_token()
    {
        await using var service = await StartAsync("--APP_API_TOKEN=t-0ken");

        (await service.DeliverAsync(Event("order-submitted", "e-1"))).Status.ShouldBe(401);
        (await service.DeliverAsync(Event("order-submitted", "e-1"), ("dapr-api-token", "wrong"))).Status.ShouldBe(401);
        using (var refused = await service.Http.GetAsync("/dapr/subscribe", TestContext.Current.CancellationToken))
            refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        handled.ShouldBeEmpty();

        (await service.DeliverAsync(Event("order-submitted", "e-1"), ("dapr-api-token", "t-0ken"))).ShouldBe((200, Success));
        handled.ShouldHaveSingleItem();
    }

    private Task<AListeningService> StartAsync(params string[] settings) => AListeningService.StartAsync(HandleAsync, settings);

    private ValueTask HandleAsync(EventDocument document, CancellationToken cancellationToken)
    {
        handled.Enqueue(document);
        return failure is null ? ValueTask.CompletedTask : throw failure;
    }

    private static string Event(string type, string id, string attributes = "") =>
        $$"""{"specversion":"1.0","id":"{{id}}","type":"{{type}}","time":"2026-01-01T00:00:00Z","data":{"id":"{{id}}","type":"{{type}}"}{{attributes}}}""";
}
