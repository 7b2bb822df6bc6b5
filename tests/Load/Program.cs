using System.CommandLine;
using CloudNative.Load;

var runJson = new Option<string?>("--run-json") { Description = "Drive the runtime this file names; without it local runtimes are started and ended." };
var seconds = new Option<int>("--seconds") { Description = "How long each line is measured.", DefaultValueFactory = _ => 5 };
var warmUp = new Option<int>("--warm-up") { Description = "How many seconds saveThing and the lake run before they are measured: their code is compiled in that time.", DefaultValueFactory = _ => 10 };
var lanes = new Option<int>("--lanes") { Description = "Streams of a subscriber; 1 for brokers without lanes.", DefaultValueFactory = _ => 16 };
var store = new Option<string>("--store") { Description = "The state component to drive.", DefaultValueFactory = _ => "load-state" };
var pubsub = new Option<string>("--pubsub") { Description = "The pub/sub component to drive.", DefaultValueFactory = _ => "event-stream" };
string[] lines = ["state", "publish", "publish5", "things", "lake", "search", "search-index", "analytics", "start"];
var only = new Option<string[]>("--only") { Description = $"Of {string.Join(", ", lines)}, and analytics-large (500,000 events, 100,000 rows: minutes).", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => lines };
var command = new RootCommand("Measures a runtime that speaks Dapr's API. A benchmark: figures to read, nothing to pass.") { runJson, seconds, warmUp, lanes, store, pubsub, only };
command.SetAction((arguments, cancellationToken) => new LoadRun(
    arguments.GetValue(runJson),
    TimeSpan.FromSeconds(arguments.GetValue(seconds)),
    TimeSpan.FromSeconds(arguments.GetValue(warmUp)),
    arguments.GetValue(lanes),
    arguments.GetValue(store)!,
    arguments.GetValue(pubsub)!,
    [.. arguments.GetValue(only)!]).RunAsync(cancellationToken));
return await command.Parse(args).InvokeAsync();
