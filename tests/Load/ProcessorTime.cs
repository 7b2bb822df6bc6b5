using System.Diagnostics;
using System.Globalization;
using CloudNative.TestKit;

namespace CloudNative.Load;

/// <summary>Processor time of everything that takes part: unlike a rate it hardly changes with what else the machine is doing.</summary>
internal sealed class ProcessorTime(RunDocument run)
{
    private readonly IReadOnlyList<(string Name, int Pid)> _processes =
        [("client", Environment.ProcessId), ("host", run.HostPid), .. run.Apps.Select(app => (app.Id, app.Pid))];

    /// <summary>Milliseconds since the start of each process, in a fixed order.</summary>
    public IReadOnlyList<double> Read() => [.. _processes.Select(process => MillisecondsOf(process.Pid))];

    /// <summary>What one of <paramref name="count"/> operations cost, by process.</summary>
    public string PerOperation(IReadOnlyList<double> before, IReadOnlyList<double> after, int count)
    {
        var costs = _processes.Select((process, i) => (process.Name, Cost: (after[i] - before[i]) / Math.Max(count, 1))).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"cpu {costs.Sum(c => c.Cost):F2} ms each ({string.Join(", ", costs.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} {c.Cost:F2}")))})");
    }

    private static double MillisecondsOf(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime.TotalMilliseconds;
    }
}
