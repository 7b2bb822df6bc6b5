using System.Globalization;

namespace CloudNative.Load;

/// <summary>Resident memory of processes, in MB: proportional set size where the kernel tells it, so shared pages count once.</summary>
internal static class ResidentMemory
{
    public static double OfProcess(int pid)
    {
        var path = $"/proc/{pid}/smaps_rollup";
        if (!File.Exists(path))
            return 0;
        var line = File.ReadLines(path).First(l => l.StartsWith("Pss:", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(4).Trim(" kB\t"), CultureInfo.InvariantCulture) / 1024;
    }
}
