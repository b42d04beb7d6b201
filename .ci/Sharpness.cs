// For .ci/packages: the largest eigenvalue of the Hessian of Rosenbrock's function at its minimum is 501 + sqrt(501^2 - 400).
using System.Runtime;
using Brink.Native;
using Brink.Objectives;
using Brink.Spectra;
using static TorchSharp.torch;

new Preparation().Apply();
var loss = new DifferentiableSum(2, ScalarType.Float64, Terms: 1, (t, _) =>
    (1 - t[0]).square() + (100 * (t[1] - t[0].square()).square()));
using var expansion = loss.ExpandAt(tensor(new[] { 1.0, 1.0 }));
using var tracker = new EigenpairTracker(new(Pairs: 1, Tolerance: 1e-8));
var sharpness = tracker.Track(expansion.Hessian()).Values[0];
var expected = 501 + Math.Sqrt((501 * 501) - 400);
if (Math.Abs(sharpness - expected) > 1e-6) throw new InvalidOperationException($"sharpness {sharpness}, expected {expected}");
// Brink.props of the package: no collector of its own thread.
if (GCSettings.LatencyMode != GCLatencyMode.Batch) throw new InvalidOperationException($"latency mode {GCSettings.LatencyMode}");
Console.WriteLine($"sharpness {sharpness:f4} as expected");
