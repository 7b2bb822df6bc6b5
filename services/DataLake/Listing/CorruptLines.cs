using System.Diagnostics.Metrics;

namespace CloudNative.DataLake;

/// <summary>Tells the operator about what can no longer be read: by log, by metric, and by the number in each answer that lacks it.</summary>
internal sealed partial class CorruptLines(IMeterFactory meters, ILogger<CorruptLines> logger)
{
    private readonly Counter<long> unreadable =
        meters.Create("CloudNative.DataLake").CreateCounter<long>("lake.corrupt_lines", "{line}", "Lines of the lake that could not be read");

    /// <summary>Returns what to add to the answer's count.</summary>
    public int Report(string source, int line)
    {
        unreadable.Add(1);
        LogCorrupt(source, line);
        return 1;
    }

    /// <summary>A listed object is not there; with it all its events are missing.</summary>
    public int ReportMissing(string path, int events)
    {
        unreadable.Add(events);
        LogMissing(path, events);
        return events;
    }

    [LoggerMessage(LogLevel.Error, "Line {Line} of {Source} is corrupt and was skipped")]
    private partial void LogCorrupt(string source, int line);

    [LoggerMessage(LogLevel.Error, "The object {Path} with {Events} events is listed but not in the bucket")]
    private partial void LogMissing(string path, int events);
}
