using System.Diagnostics;

namespace CloudNative.Acceptance;

/// <summary>Asks a black box again until it answers as it must, or the deadline is over.</summary>
internal static class Eventually
{
    public static async Task<T> ReadAsync<T>(Func<Task<T>> read, Func<T, bool> holds, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (holds(value))
                return value;
            if (Stopwatch.GetElapsedTime(started) > deadline)
                throw new TimeoutException($"After {deadline.TotalSeconds:F0} s still: {value}");
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            await pause.WaitForNextTickAsync(cancellationToken);
        }
    }
}
