const form = document.getElementById("request");
const query = document.getElementById("query");
const variables = document.getElementById("variables");
const answer = document.getElementById("answer");

const given = new URLSearchParams(window.location.search);
query.value = given.get("query") ?? query.value;
variables.value = given.get("variables") ?? variables.value;

async function run() {
  try {
    const response = await fetch(window.location.pathname, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ query: query.value, variables: variables.value.trim() ? JSON.parse(variables.value) : null }),
    });
    answer.textContent = JSON.stringify(await response.json(), null, 2);
  } catch (error) {
    answer.textContent = String(error);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) run();
});
