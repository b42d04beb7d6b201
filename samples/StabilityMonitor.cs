#!/usr/bin/env dotnet
// Three lines in an existing training loop: a TorchSharp network, gradient descent with momentum, and a
// monitor. The monitor reports the distance from instability, the largest stable learning rate, the predicted
// time to the edge, and when the warm-up may end.
//
//   dotnet run samples/StabilityMonitor.cs [FOLDER]
//
// With a folder the readings are also stored as a run: 'brink report FOLDER' draws it.
#:project ../src/Brink.Lab/Brink.Lab.csproj
#:property PublishAot=false
using Brink.Lab;
using Brink.Monitoring;
using Brink.Native;
using Brink.Zoo.Datasets;
using static TorchSharp.torch;

new Preparation().Apply();   // sets the allocator and the waits of threads, before libtorch is loaded

var images = FashionMnist.Training().Take(500, [.. Enumerable.Range(0, 10)]);
var (pixels, oneHot) = images.Standardised(pool: 2, ScalarType.Float32);
var (x, y) = (pixels.flatten(1), oneHot);
using var model = nn.Sequential(nn.Linear(x.shape[1], 100), nn.Tanh(), nn.Linear(100, 10));
const double Target = 0.04;
using var optimizer = optim.SGD(model.parameters(), Target / 8, momentum: 0.7);

// 1. The monitor, on all images. It may take 30 % of the time, because training is fast here.
Tensor Loss(Tensor x, Tensor y) => (model.forward(x) - y).square().sum(1).mean();
using var monitor = new StabilityMonitor(model, optimizer, () => Loss(x, y), new(Share: 0.3, Every: 20), warmUpTarget: Target);
using var record = args.Length > 0 ? new MonitorRecord(args[0]) : null;

Console.WriteLine(" step     loss   sharpness   effective (edge: 2)   stable up to   verdict");
var warm = false;
for (var step = 1; step <= 600; step++)
{
    using var scope = NewDisposeScope();
    optimizer.zero_grad();
    Loss(x, y).backward();
    optimizer.step();

    // 2. A call after each step; usually it does nothing.
    if (monitor.AfterStep() is not { } reading) continue;
    // 3. The reading.
    record?.Add(reading);
    Console.WriteLine(
        $"{reading.Step,5}   {reading.Loss,6:f3}   {reading.Sharpness,9:f2}   {reading.EffectiveSharpness,19:f3}"
            + $"   {reading.LargestStableLearningRate,12:f4}   {reading.Verdict}"
            + (reading.StepsToEdge is < 1000 and var steps ? $", the edge in about {steps:f0} steps" : ""));
    if (warm) continue;
    // The warm-up ends as soon as its target is stable; until then the rate is half of the largest stable one.
    warm = reading.WarmUp.End <= step;
    var rate = warm ? Target : Math.Min(Target, (reading.WarmUp.Highest ?? 0) / 2);
    foreach (var group in optimizer.ParamGroups) group.LearningRate = rate;
    Console.WriteLine($"        warm-up, learning rate {rate:g3}: {reading.WarmUp.Reason}");
}
Console.WriteLine();
foreach (var (method, largest, reason) in monitor.Last!.Advice)
    Console.WriteLine($"{method,-16}   stable up to {(double.IsNaN(largest) ? "unknown" : $"{largest:g3}")}: {reason}");
Console.WriteLine($"\nThe monitor took {100 * monitor.Last.Overhead:f0} % of the time.");
