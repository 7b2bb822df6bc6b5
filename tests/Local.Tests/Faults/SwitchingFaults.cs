using CloudNative.Local.Resources;
using Microsoft.Extensions.Time.Testing;

namespace CloudNative.Local.Faults;

public sealed class SwitchingFaults
{
    private readonly FakeTimeProvider time = new();
    private readonly FaultSwitches faults;

    public SwitchingFaults() => faults = new FaultSwitches(time);

    [Fact]
    public async Task a_component_refuses_for_its_seconds_and_no_other_does()
    {
        faults.Refuse("things", TimeSpan.FromSeconds(30));

        (await Should.ThrowAsync<ComponentException>(() => Pass("things"))).Message.ShouldBe("refused by a fault switch");
        await Pass("orders");
        time.Advance(TimeSpan.FromSeconds(30));
        await Pass("things");
    }

    [Fact]
    public async Task a_delayed_call_waits_that_long()
    {
        faults.Delay("things", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(2));

        var call = Pass("things");

        call.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(2));
        await call.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task switching_off_ends_it_at_once()
    {
        faults.Refuse("things", TimeSpan.FromSeconds(30));
        faults.Off("things");

        await Pass("things");
    }

    private Task Pass(string component) => faults.PassAsync(component, TestContext.Current.CancellationToken).AsTask();
}
