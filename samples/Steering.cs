#!/usr/bin/env dotnet
// A training that a learning rate ten times too large loses, and the same training with three more lines, which finishes: a step
// that raises the loss too far is undone and repeated at a smaller rate, which then recovers. What happened is measured
// at the event: how many eigenvalues were beyond the edge of stability, and in which layer.
//
//   dotnet run samples/Steering.cs [FACTOR] [STEPS]
//
// FACTOR multiplies the largest learning rate that is stable at the start, 2/S.
#:project ../src/Brink.Zoo/Brink.Zoo.csproj
#:property PublishAot=false
using System.Globalization;
using Brink.Monitoring;
using Brink.Native;
using Brink.Steering;
using Brink.Zoo.Datasets;
using TorchSharp;
using static TorchSharp.torch;

new Preparation().Apply();   // sets the allocator and the waits of threads, before libtorch is loaded

double Number(int i, double otherwise) => args.Length > i ? double.Parse(args[i], CultureInfo.InvariantCulture) : otherwise;
var (factor, steps) = (Number(0, 10), (int)Number(1, 300));
var images = FashionMnist.Training().Take(500, [.. Enumerable.Range(0, 10)]);
var (pixels, y) = images.Standardised(pool: 2, ScalarType.Float32);
var x = pixels.flatten(1);

var constant = Train(steered: false);
var saved = Train(steered: true);
Console.WriteLine($"\nloss after {steps} steps at {factor:g3} times 2/S: constant rate {constant:g4}, steered {saved:g4}");
return double.IsFinite(saved) && saved < 1 ? 0 : 1;

double Train(bool steered)
{
    random.manual_seed(0);
    using var model = nn.Sequential(nn.Linear(x.shape[1], 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 10));
    Tensor Loss() => (model.forward(x) - y).square().sum(1).mean();
    using var optimizer = optim.SGD(model.parameters(), 1);
    using (var monitor = new StabilityMonitor(model, optimizer, Loss))
        foreach (var group in optimizer.ParamGroups) group.LearningRate = factor * monitor.AfterStep()!.LargestStableLearningRate!.Value;
    // 1. Around any optimizer of TorchSharp; the probe is for the diagnosis only.
    using var steering = new SteeredOptimizer(model, optimizer, probe: Loss);
    for (var step = 0; step < steps; step++)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = Loss();
        loss.backward();
        if (!steered) optimizer.step();
        // 2. In place of the optimizer's own step.
        else if (steering.Step(loss.ToDouble()) is { } happened)
            // 3. What happened.
            Console.WriteLine(happened.Reason);
    }
    using var end = NewDisposeScope();
    return Loss().ToDouble();
}
