using System.Text.Json;
using CloudNative.TestKit;

namespace CloudNative.BuildingBlocks.Entities;

public sealed class SavingAnEntity
{
    private readonly InMemoryStateStore _store = new();
    private readonly RecordingPublisher _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task G1_a_save_takes_three_calls_and_yields_one_event()
    {
        await using var replica = new ThingsInMemory(_store, _stream);

        var outcome = await replica.SaveAsync(new Thing("1", "thing one"));

        outcome.ShouldBe(new MutationOutcome<Thing>.Done(new Versioned<Thing>("1", new Thing("1", "thing one"), 1)));
        var published = (await _stream.WaitForAsync(1, Cancellation)).ShouldHaveSingleItem();
        _store.Calls.ShouldBe(2);
        published.PartitionKey.ShouldBe("1");
        using var document = JsonDocument.Parse(published.Document);
        document.RootElement.EnumerateObject().Select(member => member.Name)
            .ShouldBe(["id", "type", "timestamp", "partitionKey", "tags", "version", "thing"]);
        document.RootElement.GetProperty("id").GetString().ShouldBe(published.Id);
        document.RootElement.GetProperty("type").GetString().ShouldBe("thing-created");
        document.RootElement.GetProperty("version").GetInt64().ShouldBe(1);
        document.RootElement.GetProperty("thing").GetRawText().ShouldBe("""{"new":{"id":"1","name":"thing one"}}""");
    }
}
