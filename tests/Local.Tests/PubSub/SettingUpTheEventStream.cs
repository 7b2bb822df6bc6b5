using System.Text;
using CloudNative.EventStream;
using CloudNative.Local.PubSub;
using CloudNative.Local.PubSub.Components;
using CloudNative.Local.Resources;
using Microsoft.Extensions.Logging.Abstractions;

namespace CloudNative.Local.Tests.PubSub;

public sealed class SettingUpTheEventStream : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("stream-");

    [Fact]
    public void the_group_is_the_app_and_seven_days_are_kept_unless_metadata_says_otherwise()
    {
        var file = Path.Combine(folder.FullName, "events.db");

        Options(("connectionString", "events.db")).ShouldBe(new SqlitePubSubOptions(file, "orders", TimeSpan.FromDays(7), InitialPosition.Latest));
        Options(("connectionString", "events.db"), ("consumerID", "g"), ("retention", "24h"), ("initialPosition", "trim_horizon"))
            .ShouldBe(new SqlitePubSubOptions(file, "g", TimeSpan.FromDays(1), InitialPosition.TrimHorizon));
    }

    [Theory]
    [InlineData("connectionString", "")]
    [InlineData("retention", "7 days")]
    [InlineData("retention", "-1h")]
    [InlineData("initialPosition", "newest")]
    public void a_wrong_value_is_refused_naming_its_key(string key, string value) =>
        Should.Throw<ComponentInitException>(() => Options([("connectionString", key == "connectionString" ? value : "events.db"), .. key == "connectionString" ? [] : new[] { (key, value) }]))
            .Message.ShouldContain(key);

    [Fact]
    public async Task one_file_has_one_engine_until_its_last_user_is_gone_and_refuses_another_retention()
    {
        var (first, second) = (await CreateAsync("168h"), await CreateAsync("168h"));

        (await Should.ThrowAsync<ComponentInitException>(CreateAsync("1h").AsTask())).Message.ShouldContain("retention");
        await first.DisposeAsync();
        await first.DisposeAsync();
        await second.PublishAsync(new PubSubMessage("events", "{}"u8.ToArray(), new Dictionary<string, string>()), TestContext.Current.CancellationToken);
        await second.DisposeAsync();
        await using var later = await CreateAsync("1h");
    }

    [Theory]
    [InlineData("""{"data":{"partitionKey":"d"}}""", "partitionKey", "m", "m")]
    [InlineData("""{"data":{"partitionKey":"d"}}""", "PartitionKey", "m", "m")]
    [InlineData("""{"data":{"partitionKey":"d"}}""", "__partitionKey", "k%20%C3%A9", "k é")]
    [InlineData("""{"data":{"partitionKey":"d"}}""", "other", "m", "d")]
    [InlineData("""{"a":{"partitionKey":"x"},"data":{"a":{"partitionKey":"y"},"partitionKey":"d"}}""", "partitionKey", "", "d")]
    [InlineData("""{"data":{"partitionKey":7}}""", "other", "m", null)]
    [InlineData("""{"data":{"partitionKey":""}}""", "other", "m", null)]
    [InlineData("""{"data":"text","partitionKey":"x"}""", "other", "m", null)]
    [InlineData("plain bytes", "other", "m", null)]
    public void the_key_is_the_publishers_else_the_delivered_one_else_the_datas(string data, string name, string value, string? key) =>
        PartitionKey.Of(new PubSubMessage("events", Encoding.UTF8.GetBytes(data), new Dictionary<string, string> { [name] = value })).ShouldBe(key);

    public void Dispose() => folder.Delete(recursive: true);

    private ValueTask<IPubSubComponent> CreateAsync(string retention) => SqlitePubSub.CreateAsync(
        Component(("connectionString", "events.db"), ("retention", retention)), Context(), TestContext.Current.CancellationToken);

    private SqlitePubSubOptions Options(params (string Key, string Value)[] metadata) => SqlitePubSubOptions.From(Component(metadata), Context());

    private ComponentContext Context() => new("orders", path => Path.Combine(folder.FullName, path), TimeProvider.System, NullLoggerFactory.Instance);

    private static Component Component(params (string Key, string Value)[] metadata) => new(
        "event-stream", "pubsub.sqlite", "v1", metadata.ToDictionary(pair => pair.Key, pair => pair.Value), [], false, "event-stream.yaml");
}
