using System.Text;
using System.Text.Json;
using CloudNative.BuildingBlocks.Directories;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.BuildingBlocks.Publishing;
using CloudNative.BuildingBlocks.State;
using CloudNative.BuildingBlocks.Tests.Listening;
using CloudNative.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Stub = Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient;

namespace CloudNative.BuildingBlocks.Tests.UnderASidecar;

/// <summary>The traps that a service keeps clear of by what it declares, by their number in the list of traps.</summary>
public sealed class KeepingClearOfTraps
{
    private static IEnumerable<string> ComponentFiles => Directory.EnumerateFiles(Path.Combine(Repository.Root, "components"), "*.yaml", SearchOption.AllDirectories);

    private static IEnumerable<string> ServiceSources => Directory.EnumerateFiles(Path.Combine(Repository.Root, "services"), "*.cs", SearchOption.AllDirectories);

    [Fact]
    public void traps_4_to_7_no_component_turns_the_builtin_outbox_on() =>
        ComponentFiles.Where(file => File.ReadAllText(file).Contains("outbox", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();

    [Fact]
    public void trap_8_no_subscription_has_a_dead_letter_topic_of_the_sidecar()
    {
        using var list = JsonDocument.Parse(SubscriptionList.Write(new ListenerOptions(), new PublishingOptions()));

        list.RootElement.EnumerateArray().SelectMany(subscription => subscription.EnumerateObject()).Select(member => member.Name).Distinct()
            .ShouldBe(["pubsubname", "topic", "route", "metadata"]);
    }

    [Fact]
    public void trap_8_no_policy_retries_a_delivery() =>
        ComponentFiles.Where(file => File.ReadAllText(file).Contains("inbound:", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public async Task trap_10_the_routes_of_the_sidecar_are_there_and_lead_nowhere_else()
    {
        await using var service = await AListeningService.StartAsync((_, _) => ValueTask.CompletedTask);

        using var subscriptions = await service.Http.GetAsync("/dapr/subscribe", TestContext.Current.CancellationToken);
        var delivery = await service.DeliverAsync("""{"specversion":"1.0","id":"e-1","source":"s","type":"t","data":{"id":"e-1","type":"order-submitted","timestamp":1,"partitionKey":"k"}}""");

        ((int)subscriptions.StatusCode, delivery.Status).ShouldBe((200, 200));
        ServiceSources.Where(file => File.ReadAllText(file).Contains("UseHttpsRedirection", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void trap_11_no_service_has_its_envelopes_opened_on_the_way() =>
        ServiceSources.Where(file => File.ReadAllText(file).Contains("UseCloudEvents(", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public async Task trap_12_every_delivery_is_answered_with_a_status_the_sidecar_knows()
    {
        await using var service = await AListeningService.StartAsync((_, _) => throw new StateStoreException("away"));

        var retried = await service.DeliverAsync("""{"specversion":"1.0","id":"e-1","source":"s","type":"t","data":{"id":"e-1","type":"order-submitted","timestamp":1,"partitionKey":"k"}}""");
        var passedOver = await service.DeliverAsync("""{"specversion":"1.0","id":"e-2","source":"s","type":"t","data":{"id":"e-2","type":"other","timestamp":1,"partitionKey":"k"}}""");

        retried.ShouldBe((200, """{"status":"RETRY"}"""));
        passedOver.ShouldBe((200, """{"status":"SUCCESS"}"""));
    }

    [Fact]
    public void trap_13_no_binding_calls_a_service() =>
        ComponentFiles.Select(File.ReadAllText).Where(yaml => yaml.Contains("type: bindings.", StringComparison.Ordinal) && yaml.Contains("input", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void trap_15_no_component_reads_the_environment_of_the_sidecar() =>
        ComponentFiles.Where(file => File.ReadAllText(file) is var yaml && (yaml.Contains("envRef", StringComparison.Ordinal) || yaml.Contains("local.env", StringComparison.Ordinal))).ShouldBeEmpty();

    [Fact]
    public void trap_16_a_listener_has_lanes_since_one_subscription_is_served_one_event_at_a_time()
    {
        var list = Encoding.UTF8.GetString(SubscriptionList.Write(new ListenerOptions(), new PublishingOptions()));

        Enumerable.Range(1, 16).ShouldAllBe(lane => list.Contains($"\"events/lane-{lane}\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task trap_19_a_secret_that_is_not_there_is_an_error_and_no_empty_key()
    {
        await using var sidecar = await RunningSidecar.StartAsync("things-bff", [Components.Secrets], TestContext.Current.CancellationToken);
        var configuration = new ConfigurationBuilder().AddCommandLine([.. sidecar.Settings]).Build();
        await using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSidecarStub().BuildServiceProvider();
        var key = new SecretCursorKey(services.GetRequiredService<Stub>(), "secrets", "NO_SUCH_SECRET_HERE", TimeProvider.System);

        await Should.ThrowAsync<StateStoreException>(key.GetAsync(TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public void trap_20_a_service_knows_its_id_where_nothing_tells_it()
    {
        foreach (var settings in Directory.EnumerateFiles(Path.Combine(Repository.Root, "services"), "appsettings.json", SearchOption.AllDirectories).Where(file => !file.Contains("artifacts", StringComparison.Ordinal)))
            new ConfigurationBuilder().AddJsonFile(settings).Build()["APP_ID"].ShouldNotBeNullOrEmpty(settings);
    }
}
