#!/usr/bin/env dotnet
// What reaches the edge of stability in training with small batches: the curvature of the batches, not the sharpness of the whole
// set. A network is trained twice by gradient descent, on batches of 8 and on all images; a monitor knows the batches.
//
//   dotnet run samples/SmallBatches.cs [BATCH,BATCH,...] [RATE] [MOMENTUM] [STEPS] [SEED] [FOLDER]
//
// BATCH is a number of images, or 'all'; STEPS those of the largest batch, smaller batches take up to 12 times as many. With a folder
// the readings are stored as runs in it: 'brink report FOLDER/batch-8' draws one. BRINK_IMAGES names a CIFAR-10 file and BRINK_START a
// safetensors file to start from, instead of Fashion-MNIST and a random start.
#:project ../src/Brink.Lab/Brink.Lab.csproj
#:property PublishAot=false
using System.Globalization;
using Brink.Lab;
using Brink.MiniBatches;
using Brink.Monitoring;
using Brink.Native;
using Brink.Zoo.Datasets;
using Brink.Zoo.Formats;
using static TorchSharp.torch;

new Preparation().Apply();   // sets the allocator and the waits of threads, before libtorch is loaded

const int Count = 1000, Width = 64, Readings = 60;
string Argument(int i, string otherwise) => args.Length > i ? args[i] : otherwise;
double Number(int i, double otherwise) => double.Parse(Argument(i, $"{otherwise}"), CultureInfo.InvariantCulture);
var (rate, momentum, mostSteps, seed) = (Number(1, 0.02), Number(2, 0), (int)Number(3, 600), (long)Number(4, 0));

var file = Environment.GetEnvironmentVariable("BRINK_IMAGES");
var classes = file is null ? 10 : 4;
var images = (file is null ? FashionMnist.Training() : Cifar10.Training(file)).Take(Count, [.. Enumerable.Range(0, classes)]);
var (pixels, y) = images.Standardised(pool: file is null ? 2 : 1, ScalarType.Float32);
var x = pixels.flatten(1);

Console.WriteLine("batch      steps     loss   sharpness/(2/η)   batch sharpness/(2/η)   noise   edge that applies");
foreach (var word in Argument(0, "8,all").Split(','))
{
    var batch = word == "all" ? Count : int.Parse(word, CultureInfo.InvariantCulture);
    var steps = mostSteps * Math.Min(12, Count / batch);
    using var model = nn.Sequential(nn.Linear(x.shape[1], Width), nn.Tanh(), nn.Linear(Width, Width), nn.Tanh(), nn.Linear(Width, classes));
    Start(model);
    using var optimizer = optim.SGD(model.parameters(), rate, momentum: momentum);
    Tensor Loss(Tensor x, Tensor y) => (model.forward(x) - y).square().sum(1).mean();
    // The batches that are trained on, and others like them for the monitor.
    using var trained = Batches(seed).GetEnumerator();
    using var others = Batches(seed + 1).GetEnumerator();
    Tensor Next(IEnumerator<IReadOnlyList<long>> order)
    {
        order.MoveNext();
        var chosen = tensor(order.Current.ToArray());
        return Loss(x.index_select(0, chosen), y.index_select(0, chosen));
    }
    IEnumerable<IReadOnlyList<long>> Batches(long seed) => BatchOrder.Random(Count, batch, seed);

    using var monitor = new StabilityMonitor(
        model, optimizer, () => Loss(x, y), new(Share: 1, Every: steps / Readings, MaxProducts: 100), trainingBatch: () => Next(others));
    using var record = args.Length > 5 ? new MonitorRecord(Path.Combine(args[5], $"batch-{word}")) : null;
    var readings = new List<StabilityReading>();
    for (var step = 1; step <= steps; step++)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        Next(trained).backward();
        optimizer.step();
        if (monitor.AfterStep() is not { } reading) continue;
        record?.Add(reading);
        readings.Add(reading);
    }
    // The plateau: the last third.
    var last = readings[^(readings.Count / 3)..];
    double Mean(Func<StabilityReading, double> of) => last.Average(of);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{word,5} {steps,10} {Mean(one => one.Loss),8:f3} {Mean(one => one.Sharpness) * rate / 2,17:f2}"
            + $" {Mean(one => one.Batches!.Sharpness) * rate / 2,23:f2} {Mean(one => one.Batches!.NoiseShare!.Value),7:p0}"
            + $"   {last[^1].BatchEdge!.Threshold * rate / 2:f2} of 2/η, for {last[^1].BatchEdge!.Reason}"));
}

void Start(TorchSharp.Modules.Sequential model)
{
    using var scope = NewDisposeScope();
    using var quiet = no_grad();
    using var generator = new Generator((ulong)seed, CPU);
    var given = Environment.GetEnvironmentVariable("BRINK_START") is { } start ? Safetensors.Read(start).Tensors : null;
    foreach (var (i, (_, parameter)) in model.named_parameters().Index())
    {
        var part = parameter.dim() == 2 ? "weight" : "bias";
        // A small start: the sharpness rises from far below the edge.
        parameter.copy_(given is not null ? given[$"layers.{i / 2}.{part}"]
            : parameter.dim() == 1 ? zeros_like(parameter)
            : randn(parameter.shape, generator: generator) * (0.3 / Math.Sqrt(parameter.shape[1])));
    }
}
