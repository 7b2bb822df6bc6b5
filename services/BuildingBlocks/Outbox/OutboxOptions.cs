using Microsoft.Extensions.Options;

namespace CloudNative.BuildingBlocks.Outbox;

/// <summary>The outbox's settings, section <c>Outbox</c> (environment: <c>Outbox__Slots</c>, <c>Outbox__Age</c>, ...).</summary>
public sealed class OutboxOptions
{
    public const string Section = "Outbox";

    /// <summary>Slots of the service, all replicas together; 1 to 1,024, 96 unless given. It may grow; before it shrinks the slots cut off must be swept.</summary>
    public int Slots { get; set; } = 96;

    /// <summary>Slots one replica uses, which is its mutations in flight; 1 to <see cref="Slots"/>, 24 unless given.</summary>
    public int SlotsPerReplica { get; set; } = 24;

    /// <summary>How long a record stands unchanged before any replica publishes it; 100 ms to 1 h, 5 s unless given.</summary>
    public TimeSpan Age { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Shortest pause between two sweeps; 10 ms to 1 h, 2 s unless given.</summary>
    public TimeSpan SweepAtLeast { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest pause between two sweeps; <see cref="SweepAtLeast"/> to 1 h, 5 s unless given.</summary>
    public TimeSpan SweepAtMost { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a published record's slot is idle before it is cleared; 10 ms to 1 h, 1 s unless given.</summary>
    public TimeSpan Flush { get; set; } = TimeSpan.FromSeconds(1);
}

internal sealed class OutboxOptionsValidator : IValidateOptions<OutboxOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, OutboxOptions options)
    {
        var faults = Faults(options).ToArray();
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(OutboxOptions options)
    {
        if (options.Slots is < 1 or > 1024)
            yield return "Outbox:Slots must be 1 to 1024.";
        if (options.SlotsPerReplica < 1 || options.SlotsPerReplica > options.Slots)
            yield return "Outbox:SlotsPerReplica must be 1 to Outbox:Slots.";
        if (!IsWithin(options.Age, TimeSpan.FromMilliseconds(100)))
            yield return "Outbox:Age must be 100 ms to 1 h.";
        if (!IsWithin(options.SweepAtLeast, TimeSpan.FromMilliseconds(10)))
            yield return "Outbox:SweepAtLeast must be 10 ms to 1 h.";
        if (!IsWithin(options.SweepAtMost, options.SweepAtLeast))
            yield return "Outbox:SweepAtMost must be Outbox:SweepAtLeast to 1 h.";
        if (!IsWithin(options.Flush, TimeSpan.FromMilliseconds(10)))
            yield return "Outbox:Flush must be 10 ms to 1 h.";
    }

    private static bool IsWithin(TimeSpan value, TimeSpan least) => value >= least && value <= Longest;
}
