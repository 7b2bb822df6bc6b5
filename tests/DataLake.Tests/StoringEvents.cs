using System.Text;
using System.Text.Json;
using CloudNative.TestKit;

namespace CloudNative.DataLake.Tests;

public sealed class StoringEvents
{
    [Fact]
    public async Task L1_keeps_the_text_of_an_event_byte_for_byte()
    {
        const string document = """{"z": 1.10,"id":"e-1" ,"type":"thing-created","timestamp":1795618800000,"partitionKey":"t-1","tags":{},"big":12345678901234567890123,"text":"\u00e9\/é"}""";
        await using var lake = await LakeService.StartAsync();

        (await lake.DeliverAsync(document)).ShouldBe("SUCCESS");

        (await lake.GetAsync("/events")).Body.ShouldBe($"[{document}]");
        await lake.FlushedAsync(1);
        var (name, content) = lake.Bucket.Objects.ShouldHaveSingleItem();
        name.ShouldStartWith("2026/11/25/15/");
        name.ShouldEndWith(".ndjson");
        Encoding.UTF8.GetString(content).ShouldBe($"{document}\n");
        (await lake.GetAsync("/events")).Body.ShouldBe($"[{document}]");
    }

    [Fact]
    public async Task L1_stores_an_event_once_however_often_it_is_delivered()
    {
        await using var lake = await LakeService.StartAsync();
        var deliveries = Enumerable.Range(0, 8).Select(_ => lake.DeliverAsync("""{"type":"purple","partitionKey":"u"}"""));

        (await Task.WhenAll(deliveries)).ShouldAllBe(status => status == "SUCCESS");
        await lake.FlushedAsync(1);
        (await lake.DeliverAsync("""{"type":"purple","partitionKey":"u"}""")).ShouldBe("SUCCESS");

        (await lake.IdsAsync("/events")).ShouldBe(["ce-1"]);
        lake.Bucket.Lines.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task fills_in_what_a_plain_publish_left_out()
    {
        await using var lake = await LakeService.StartAsync();

        await lake.DeliverAsync("""{"type":"purple"}""");

        (await lake.GetAsync("/events")).Body
            .ShouldBe("""[{"type":"purple","id":"ce-1","timestamp":1795618800000,"partitionKey":"ce-1","tags":{}}]""");
    }

    [Fact]
    public async Task keeps_a_document_with_line_breaks_on_one_line()
    {
        await using var lake = await LakeService.StartAsync();

        await lake.DeliverAsync("{\"type\":\"purple\",\r\n  \"n\":1}");
        await lake.FlushedAsync(1);

        lake.Bucket.Lines.ShouldHaveSingleItem().ShouldStartWith("{\"type\":\"purple\",    \"n\":1,\"id\"");
    }

    [Fact]
    public async Task L1_stores_events_of_all_lanes_in_few_transactions_and_loses_none()
    {
        await using var lake = await LakeService.StartAsync();
        var before = lake.Store.Calls;

        var statuses = await Task.WhenAll(Enumerable.Range(0, 640).Select(n => lake.DeliverAsync($$"""{"type":"purple","id":"e-{{n}}"}""")));

        statuses.ShouldAllBe(status => status == "SUCCESS");
        (lake.Store.Calls - before).ShouldBeLessThan(640);
        (await lake.IdsAsync("/events?limit=1000")).Order().ShouldBe(Enumerable.Range(0, 640).Select(n => $"e-{n}").Order());
    }

    [Fact]
    public async Task has_an_event_delivered_again_while_the_index_is_away()
    {
        await using var lake = await LakeService.StartAsync();
        lake.Store.Fail();

        (await lake.DeliverAsync("""{"type":"purple"}""")).ShouldBe("RETRY");
        lake.Store.Recover();

        (await lake.DeliverAsync("""{"type":"purple"}""")).ShouldBe("SUCCESS");
        (await lake.IdsAsync("/events")).ShouldBe(["ce-1"]);
    }

    [Fact]
    public async Task acknowledges_an_event_whose_transaction_landed_without_an_answer()
    {
        await using var lake = await LakeService.StartAsync();
        lake.Store.Fault = StateFault.LoseAnswer;

        (await lake.DeliverAsync("""{"type":"purple"}""")).ShouldBe("SUCCESS");
        lake.Store.Recover();

        (await lake.IdsAsync("/events")).ShouldBe(["ce-1"]);
        await lake.FlushedAsync(1);
        lake.Bucket.Lines.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task goes_on_while_the_bucket_is_away_and_flushes_when_it_is_back()
    {
        await using var lake = await LakeService.StartAsync("--Lake:OrphanAge=00:00:00.5");
        lake.Bucket.IsAway = true;

        (await lake.DeliverAsync("""{"type":"purple","id":"a"}""", "a")).ShouldBe("SUCCESS");
        (await lake.DeliverAsync("""{"type":"purple","id":"b"}""", "b")).ShouldBe("SUCCESS");
        (await lake.IdsAsync("/events")).ShouldBe(["a", "b"]);
        lake.Bucket.IsAway = false;

        await lake.FlushedAsync(2);
        (await lake.IdsAsync("/events")).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task stores_an_event_too_large_for_a_page_as_an_object_of_its_own()
    {
        await using var lake = await LakeService.StartAsync();
        var text = new string('x', 400_000);

        (await lake.DeliverAsync($$"""{"type":"purple","id":"big","text":"{{text}}"}""")).ShouldBe("SUCCESS");
        (await lake.DeliverAsync($$"""{"type":"purple","id":"big","text":"{{text}}"}""")).ShouldBe("SUCCESS");

        lake.Bucket.Lines.ShouldHaveSingleItem();
        (await lake.IdsAsync("/events")).ShouldBe(["big"]);
    }

    [Theory]
    [InlineData(""","replayed":"r-1","replayto":"data-lake" """)]
    [InlineData(""","replayed":"r-1" """)]
    [InlineData(""","replayto":"orders","resubmitted":"1" """)]
    public async Task passes_over_what_is_published_again(string attributes)
    {
        await using var lake = await LakeService.StartAsync();

        (await lake.DeliverAsync("""{"type":"purple"}""", attributes: attributes)).ShouldBe("SUCCESS");

        (await lake.GetAsync("/events")).Body.ShouldBe("[]");
    }

    [Fact]
    public async Task makes_a_fault_of_what_is_no_event()
    {
        await using var lake = await LakeService.StartAsync();

        (await lake.DeliverAsync("\"text\"")).ShouldBe("SUCCESS");

        lake.Published.Published.Count.ShouldBe(2);
        var fault = JsonDocument.Parse(lake.Published.Published[0].Document).RootElement.GetProperty("fault");
        (fault.GetProperty("app").GetString(), fault.GetProperty("stage").GetString(), fault.GetProperty("reason").GetString())
            .ShouldBe(("data-lake", "read", "data is no JSON object"));
        lake.Published.Published[1].Topic.ShouldBe("events-dead-letter");
        (await lake.GetAsync("/events")).Body.ShouldBe("[]");
    }
}
