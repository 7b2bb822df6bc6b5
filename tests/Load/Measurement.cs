using System.Diagnostics;
using System.Globalization;

namespace CloudNative.Load;

/// <summary>Latencies of one scenario, exact: every sample is kept. Times are in milliseconds.</summary>
internal sealed class Measurement(string name)
{
    private readonly List<double> _samples = [];
    private readonly Dictionary<string, int> _errors = [];

    public string Name { get; } = name;

    public double ElapsedSeconds { get; set; }

    /// <summary>What else is worth a reader's attention, at the end of the line.</summary>
    public string Remark { get; set; } = "";

    public int Count => _samples.Count;

    public void Add(IReadOnlyCollection<double> samples)
    {
        lock (_samples)
            _samples.AddRange(samples);
    }

    public void AddError(Exception error)
    {
        lock (_samples)
            _errors[error.GetType().Name] = _errors.GetValueOrDefault(error.GetType().Name) + 1;
    }

    public override string ToString()
    {
        _samples.Sort();
        var errors = _errors.Count == 0 ? "" : "  errors: " + string.Join(", ", _errors.Select(e => $"{e.Key} {e.Value}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Name,-52} n {Count,7}  rate {Count / Math.Max(ElapsedSeconds, 1e-9),8:F0}/s  p50 {Quantile(0.50),8:F2}  p95 {Quantile(0.95),8:F2}  p99 {Quantile(0.99),8:F2} ms  {Remark}{errors}").TrimEnd();
    }

    /// <summary>
    /// Runs <paramref name="clients"/> closed loops for <paramref name="duration"/> after a warm-up of a fifth of it that is not counted.
    /// </summary>
    public static async Task<Measurement> OfLoopsAsync(
        string name, int clients, TimeSpan duration, Func<int, CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        await OfWarmLoopsAsync("warm-up", clients, duration / 5, call, cancellationToken);
        return await OfWarmLoopsAsync(name, clients, duration, call, cancellationToken);
    }

    /// <summary>As <see cref="OfLoopsAsync"/> without a warm-up of its own.</summary>
    public static async Task<Measurement> OfWarmLoopsAsync(
        string name, int clients, TimeSpan duration, Func<int, CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        var measurement = new Measurement(name);
        await LoopAsync(measurement, clients, duration, call, cancellationToken);
        return measurement;
    }

    private static async Task LoopAsync(
        Measurement measurement, int clients, TimeSpan duration, Func<int, CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => ClientAsync(client), cancellationToken)));
        measurement.ElapsedSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;

        async Task ClientAsync(int client)
        {
            var samples = new List<double>(65_536);
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var before = Stopwatch.GetTimestamp();
                try
                {
                    await call(client, cancellationToken);
                    samples.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
                }
                catch (Exception error) when (error is Grpc.Core.RpcException or HttpRequestException)
                {
                    measurement.AddError(error);
                }
            }

            measurement.Add(samples);
        }
    }

    private double Quantile(double q) =>
        Count == 0 ? double.NaN : _samples[Math.Min(Count - 1, (int)Math.Ceiling(q * Count) - 1)];
}
