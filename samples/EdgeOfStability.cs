#!/usr/bin/env dotnet
// The whole idea in one program: gradient descent trains a small network on real images until its sharpness
// reaches 2/eta. From there on it is compared with gradient flow, whose sharpness has no limit, with the
// constrained trajectory, about which descent oscillates, and with the dynamics predicted by the theory.
//
//   dotnet run samples/EdgeOfStability.cs
//
// Damian, Nichani, Lee: Self-Stabilization: The Implicit Bias of Gradient Descent at the Edge of Stability.
// ICLR 2023.
#:project ../src/Brink.Zoo/Brink.Zoo.csproj
#:property PublishAot=false
using Brink.Dynamics;
using Brink.Dynamics.Stabilization;
using Brink.Native;
using Brink.Objectives;
using Brink.Spectra;
using Brink.Zoo.Datasets;
using Brink.Zoo.Models;
using static TorchSharp.torch;

new Preparation().Apply();   // sets the allocator and the waits of threads, before libtorch is loaded

// 1. A loss: 100 T-shirts and trousers of Fashion-MNIST, averaged down to 7 by 7, and a tanh network with 16
// hidden units.
var images = FashionMnist.Training().Take(100, [0, 1]);
var mlp = new Mlp([49, 16, 2], Activation.Tanh);
const double eta = 0.06;
const double edge = 2 / eta;

// 2. Descent in float32 until the largest eigenvalue of the Hessian reaches 2/eta.
var descent = new RunToInstability(
    Loss(ScalarType.Float32),
    eta,
    new EigenpairParameters(1, 1e-4),
    MaxSteps: 5000);
var instability = descent.Run(mlp.Initial(seed: 0).to(ScalarType.Float32), step =>
{
    if (step is { Sharpness: { } S } && step.Step % 4 == 0)
        Console.WriteLine($"step {step.Step,3}   loss {step.Loss:f4}   S / (2/eta) {S / edge:f3}");
});
Console.WriteLine(
    $"\nThe sharpness reached 2/eta = {edge:f2} at step {instability.Step}."
        + " A quadratic loss would diverge from here.\n");

// 3. All trajectories from that point, in float64. The loop shows each state and frees it.
var loss = Loss(ScalarType.Float64);
var dynamics = new SelfStabilization(
    new GradientDescent(loss, eta),
    new GradientFlow(loss, eta, Tolerance: 1e-7),
    new ConstrainedTrajectory(loss, eta, new EigenpairParameters(1, 1e-7)));

Console.WriteLine("        sharpness / (2/eta)                               x = u . (theta - theta-dagger)");
Console.WriteLine("step    flow   constrained   descent   predicted             descent     predicted");
var sharpness = new EigenpairParameters(1, 1e-3, RefreshAfter: 8);
using EigenpairTracker ofDescent = new(sharpness), ofPrediction = new(sharpness), ofFlow = new(sharpness);
var (worst, edgeError) = (0.0, 0.0);
Loop.Run(dynamics, instability.Theta.to(ScalarType.Float64), steps: 120, [(step, state) =>
{
    using var scope = NewDisposeScope();
    var dagger = state.Constrained;
    if (state.Displacement(SelfStabilization.GeneralizedName) is not { } displacement) return "the prediction diverged";
    using var predicted = new Point(loss, dagger.Theta + displacement);
    var (descended, forecast) = (
        Sharpness(ofDescent, state.Descent),
        Sharpness(ofPrediction, predicted));
    var ofFlowPoint = Sharpness(ofFlow, state[SelfStabilization.FlowName]!.Point!);
    var (x, _) = PredictedDynamics.Coordinates(dagger, state.Descent.Theta - dagger.Theta);
    var (xForecast, _) = PredictedDynamics.Coordinates(dagger, displacement);
    worst = Math.Max(worst, Math.Abs(descended - forecast) / edge);
    if (dagger.Active) edgeError = Math.Max(edgeError, Math.Abs(dagger.Sharpness - edge) / edge);
    if (step % 6 == 0)
    {
        Console.WriteLine(
            $"{step,4} {ofFlowPoint / edge,7:f3} {dagger.Sharpness / edge,13:f6} {descended / edge,9:f3}"
                + $" {forecast / edge,11:f3}     {x[0].item<double>(),17:f5} {xForecast[0].item<double>(),13:f5}");
    }
    return null;
}]);

Console.WriteLine(
    $"\nThe sharpness of the constrained trajectory differed from 2/eta by at most {edgeError:0.0e0} of it,"
        + $" the predicted sharpness by at most {worst:p1} from that of gradient descent, over 120 steps.");
return worst < 0.05 && edgeError < 1e-6 ? 0 : 1;

DifferentiableSum Loss(ScalarType precision)
{
    var (inputs, targets) = images.Standardised(pool: 4, precision);
    return EmpiricalLoss.Over(
        mlp.Dimension, mlp.Outputs, EmpiricalLoss.SquaredError, inputs, targets, microBatch: 100);
}

double Sharpness(EigenpairTracker tracker, Point at) => tracker.Track(at.Expansion.Hessian(at.Theta)).Values[0];
