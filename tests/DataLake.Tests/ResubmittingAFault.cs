using System.Net;
using System.Text;
using System.Text.Json;
using CloudNative.BuildingBlocks.Faults;

namespace CloudNative.DataLake.Tests;

public sealed class ResubmittingAFault
{
    private const string Original = """{"id":"o-1","type":"order-submitted","timestamp":1795618800000,"partitionKey":"k","tags":{},"n":1.10}""";

    [Fact]
    public async Task sends_the_original_to_the_app_that_failed()
    {
        await using var lake = await LakeService.StartAsync();
        var id = await DeliverFaultAsync(lake, "o-1", 1);

        var (status, body) = await ResubmitAsync(lake, id);

        status.ShouldBe(HttpStatusCode.Accepted);
        body.ShouldBe("""{"eventId":"o-1","app":"orders","resubmission":2}""");
        var sent = lake.Published.Published.ShouldHaveSingleItem();
        (sent.Id, sent.Type, sent.PartitionKey, sent.Topic).ShouldBe(("o-1", "order-submitted", "k", null));
        sent.CloudEventAttributes.ShouldBe(new Dictionary<string, string> { ["replayto"] = "orders", ["resubmitted"] = "2" });
        Encoding.UTF8.GetString(sent.Document.Span).ShouldBe(Original);
    }

    [Fact]
    public async Task knows_no_fault_by_another_id()
    {
        await using var lake = await LakeService.StartAsync();

        var (status, body) = await ResubmitAsync(lake, "nothing");

        status.ShouldBe(HttpStatusCode.NotFound);
        JsonDocument.Parse(body).RootElement.GetProperty("status").GetInt32().ShouldBe(404);
        lake.Published.Published.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"id":"f","type":"fault"}""")]
    [InlineData("""{"id":"f","type":"fault","fault":"text"}""")]
    [InlineData("""{"id":"f","type":"fault","fault":{"app":"orders","original":{"id":"no type"} } }""")]
    public async Task refuses_where_the_fault_holds_no_original(string fault)
    {
        await using var lake = await LakeService.StartAsync();
        await lake.DeliverAsync(fault, "f");

        (await ResubmitAsync(lake, "f")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await lake.GetAsync("/faults")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task answers_503_while_the_stream_is_away()
    {
        await using var lake = await LakeService.StartAsync();
        var id = await DeliverFaultAsync(lake, "o-1", 0);
        lake.Published.IsAway = true;

        (await ResubmitAsync(lake, id)).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task begins_with_the_list_of_faults_the_newest_first()
    {
        await using var lake = await LakeService.StartAsync();
        var ids = new List<string>();
        for (var n = 0; n < 5; n++)
            ids.Insert(0, await DeliverFaultAsync(lake, $"o-{n}", 0));
        await DeliverFaultAsync(lake, "o-1", 0);

        var first = await lake.GetAsync("/faults?limit=3");
        var second = await lake.GetAsync(first.Next!);

        LakeService.Ids(first.Body).Concat(LakeService.Ids(second.Body)).ShouldBe(ids);
        second.Next.ShouldBeNull();
        var fault = JsonDocument.Parse(first.Body).RootElement[0];
        fault.GetProperty("app").GetString().ShouldBe("orders");
        fault.GetProperty("reason").GetString().ShouldBe("no sku");
        fault.GetProperty("originalId").GetString().ShouldBe("o-4");
        fault.GetProperty("resubmittable").GetBoolean().ShouldBeTrue();
        fault.TryGetProperty("original", out _).ShouldBeFalse();
        (await lake.IdsAsync("/events?type=fault")).Length.ShouldBe(5);
        (await lake.GetAsync("/faults?limit=x")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task finds_every_fault_over_closed_parts_of_the_list()
    {
        await using var lake = await LakeService.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 600).Select(n => DeliverFaultAsync(lake, $"o-{n}", 0)));

        var found = new List<string>();
        for (var next = "/faults?limit=100"; next is not null;)
        {
            var page = await lake.GetAsync(next);
            found.AddRange(JsonDocument.Parse(page.Body).RootElement.EnumerateArray().Select(f => f.GetProperty("originalId").GetString()!));
            next = page.Next;
        }

        found.Order().ShouldBe(Enumerable.Range(0, 600).Select(n => $"o-{n}").Order());
    }

    private static async Task<string> DeliverFaultAsync(LakeService lake, string originalId, int resubmitted)
    {
        var original = Encoding.UTF8.GetBytes(Original.Replace("o-1", originalId, StringComparison.Ordinal));
        var fault = FaultEvent.Create(
            new Fault("orders", FaultStage.Handle, "no sku", originalId, "order-submitted", "k", resubmitted, original), DateTimeOffset.UnixEpoch);
        (await lake.DeliverAsync(Encoding.UTF8.GetString(fault.Document.Span), fault.Id)).ShouldBe("SUCCESS");
        return fault.Id;
    }

    private static async Task<(HttpStatusCode Status, string Body)> ResubmitAsync(LakeService lake, string id)
    {
        using var response = await lake.Http.PostAsync($"/faults/{id}/resubmit", null, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
