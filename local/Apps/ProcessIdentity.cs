using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;

namespace CloudNative.Local.Apps;

/// <summary>A process that can be told from a later one with the same number. Two readings of one process differ by less than a second.</summary>
public sealed record ProcessIdentity(int Pid, DateTimeOffset StartedAt)
{
    // Linux counts start times in hundredths of a second since boot, whatever the kernel's own clock.
    private const double TicksPerSecond = 100;
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    public static ProcessIdentity Current => Of(Environment.ProcessId) ?? throw new InvalidOperationException("this process cannot be read from /proc");

    [JsonIgnore]
    public bool IsRunning => Of(Pid) is { } now && (now.StartedAt - StartedAt).Duration() <= Tolerance;

    /// <summary>Null where there is no such process, or one that has ended and was not yet collected by its parent.</summary>
    public static ProcessIdentity? Of(int pid) => OperatingSystem.IsLinux() ? OfLinux(pid) : OfOther(pid);

    /// <summary>What the program is called, for messages.</summary>
    public static string? NameOf(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.ProcessName;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static ProcessIdentity? OfLinux(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name in brackets may hold anything; what follows it is state, parent, group, ... and, as the 20th, the start.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X"
                ? null
                : new ProcessIdentity(pid, BootTime().AddSeconds(long.Parse(fields[19], CultureInfo.InvariantCulture) / TicksPerSecond));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static DateTimeOffset BootTime()
    {
        var line = File.ReadLines("/proc/stat").First(line => line.StartsWith("btime ", StringComparison.Ordinal));
        return DateTimeOffset.FromUnixTimeSeconds(long.Parse(line.AsSpan("btime ".Length), CultureInfo.InvariantCulture));
    }

    private static ProcessIdentity? OfOther(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return new ProcessIdentity(pid, process.StartTime.ToUniversalTime());
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
