namespace CloudNative.Local.Faults;

/// <summary>Faults that a test or a demonstration switched on for a component, for a number of seconds.</summary>
public interface IFaultSwitches
{
    /// <summary>Waits for the switched delay, or throws a ComponentException while the component is set to refuse.</summary>
    ValueTask PassAsync(string component, CancellationToken cancellationToken);
}
