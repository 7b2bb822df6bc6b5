namespace CloudNative.Local.Apps;

/// <summary>Whoever sees to it that an app runs.</summary>
internal interface IAppRunner
{
    AppRun Run { get; }

    /// <summary>Returns when there is nothing left to see to, or after <paramref name="stopping"/> was set and the app has ended.</summary>
    Task SuperviseAsync(CancellationToken stopping);
}

/// <summary>Where an app stands. <paramref name="Process"/> is what the host started, which leads the app's process group.</summary>
internal sealed record AppRun(AppState State, ProcessIdentity? Process, int? ListeningPid, int Restarts, int? LastExitCode);
