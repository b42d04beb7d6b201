#!/usr/bin/env dotnet
// Three lines in somebody else's training loop: a TorchSharp network, SGD with momentum, and a monitor that says how
// far from instability they are, what learning rate would still be stable, and when the edge will be reached.
//
//   dotnet run samples/StabilityMonitor.cs [FOLDER]
//
// With a folder the readings are also kept as a run: 'brink report FOLDER' draws it.
#:project ../src/Brink.Lab/Brink.Lab.csproj
#:property PublishAot=false
using Brink.Lab;
using Brink.Monitoring;
using Brink.Native;
using Brink.Zoo.Datasets;
using static TorchSharp.torch;

new Preparation().Apply();   // the allocator, before libtorch allocates

var images = FashionMnist.Training().Take(500, [.. Enumerable.Range(0, 10)]);
var (pixels, oneHot) = images.Standardised(pool: 2, ScalarType.Float32);
var (x, y) = (pixels.flatten(1), oneHot.argmax(1));
using var model = nn.Sequential(nn.Linear(x.shape[1], 100), nn.GELU(), nn.Dropout(0.1), nn.Linear(100, 10));
using var optimizer = optim.SGD(model.parameters(), 0.2, momentum: 0.9);
var loss = nn.CrossEntropyLoss();

// 1. The monitor, on all images: it may take a tenth of the time.
using var monitor = new StabilityMonitor(model, optimizer, () => loss.forward(model.forward(x), y));
using var record = args.Length > 0 ? new MonitorRecord(args[0]) : null;

using var generator = new Generator(1, CPU);
Console.WriteLine(" step     loss   sharpness   effective (edge: 2)   stable up to   verdict");
for (var step = 1; step <= 3000; step++)
{
    using var scope = NewDisposeScope();
    var batch = randint(0, 500, 250, generator: generator);
    optimizer.zero_grad();
    loss.forward(model.forward(x[batch]), y[batch]).backward();
    optimizer.step();

    // 2. After each step; most of the time it does nothing.
    if (monitor.AfterStep() is not { } reading) continue;
    // 3. What it found.
    record?.Add(reading);
    Console.WriteLine(
        $"{reading.Step,5}   {reading.Loss,6:f3}   {reading.Sharpness,9:f2}   {reading.EffectiveSharpness,19:f3}"
            + $"   {reading.LargestStableLearningRate,12:f4}   {reading.Verdict}"
            + (reading.StepsToEdge is { } left ? $", the edge in about {left:f0} steps" : ""));
}
Console.WriteLine($"\nThe monitor took {100 * monitor.Last!.Overhead:f1} % of the time.");
