using CloudNative.Local.Faults;
using CloudNative.Local.Resources;

namespace CloudNative.Local.PubSub.Delivering;

/// <summary>Whether a delivery of one component may begin now: not while the component is set to refuse, and not once deliveries have ended.</summary>
internal sealed class DeliveryAdmission(DeliveryGate gate, IFaultSwitches faults, string component, TimeProvider time)
{
    private static readonly TimeSpan FaultPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits as long as it takes. <see cref="Leave"/> when the delivery is done.</summary>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        await PauseWhileRefusedAsync(cancellationToken);
        if (!gate.TryEnter())
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
    }

    public void Leave() => gate.Leave();

    private async ValueTask PauseWhileRefusedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await faults.PassAsync(component, cancellationToken);
                return;
            }
            catch (ComponentException)
            {
                await Task.Delay(FaultPoll, time, cancellationToken);
            }
        }
    }
}
