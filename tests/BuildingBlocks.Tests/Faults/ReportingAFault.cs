using System.Text.Json;
using CloudNative.BuildingBlocks.Faults;

namespace CloudNative.BuildingBlocks.Tests.Faults;

public sealed class ReportingAFault
{
    [Fact]
    public async Task carries_the_original_inside()
    {
        var reporting = new Reporting();

        await reporting.ReportAsync("order-submitted", """{"id":"e-1","n":1.10}"""u8.ToArray());

        FaultOf(reporting).GetProperty("original").GetRawText().ShouldBe("""{"id":"e-1","n":1.10}""");
    }

    [Fact]
    public async Task leaves_out_an_original_that_would_make_it_too_large()
    {
        var reporting = new Reporting();

        await reporting.ReportAsync("order-submitted", [.. "\""u8, .. new byte[FaultEvent.MaxOriginalBytes], .. "\""u8]);

        FaultOf(reporting).TryGetProperty("original", out _).ShouldBeFalse();
        reporting.Published.Events.Count.ShouldBe(2);
    }

    [Fact]
    public async Task makes_no_fault_of_a_fault_and_only_puts_it_aside()
    {
        var reporting = new Reporting();

        await reporting.ReportAsync(FaultEvent.Type);

        reporting.Published.Events.ShouldHaveSingleItem().Topic.ShouldBe("events-dead-letter");
    }

    [Fact]
    public void has_an_id_of_its_own_for_each_app_and_each_resubmission()
    {
        string[] ids = [FaultEvent.IdOf("e", "a", 0), FaultEvent.IdOf("e", "b", 0), FaultEvent.IdOf("e", "a", 1), FaultEvent.IdOf("f", "a", 0)];

        ids.Distinct().Count().ShouldBe(4);
        FaultEvent.IdOf("e", "a", 0).ShouldBe(ids[0]);
    }

    private static JsonElement FaultOf(Reporting reporting) =>
        JsonDocument.Parse(reporting.Published.Events.First().Document).RootElement.GetProperty("fault");
}
